import { readFileSync } from "node:fs";
import { formatDeviceTree } from "../firmware/devicetree/dts.ts";
import { parseDeviceTree } from "../firmware/devicetree/parse.ts";
import type { TranslationRule } from "../firmware/devicetree/translate.ts";
import type { DeviceTree } from "../firmware/devicetree/tree.ts";
import { deviceTreeAsJson } from "./dt_json.ts";
import { deviceTreeAsText } from "./dt_text.ts";
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from "./exit.ts";
import { styleOf } from "./with_system.ts";

export interface DtOptions {
  readonly rule: string;
  readonly tree?: boolean;
  readonly json?: boolean;
}

/** `zirconia dt`. Returns the exit status. */
export function dt(path: string, options: DtOptions): number {
  const { rule } = options;
  if (!isRule(rule)) return fail(`no rule ${rule}; there are spec and lenient`, EXIT_USAGE);
  if (options.tree && options.json)
    return fail("--tree prints source text, --json data: only one of them can be had", EXIT_USAGE);
  let tree: DeviceTree;
  try {
    tree = parseDeviceTree(readFileSync(path));
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), EXIT_FAILURE);
  }
  if (options.tree) process.stdout.write(formatDeviceTree(tree));
  else if (options.json) console.log(deviceTreeAsJson(tree, rule));
  else console.log(deviceTreeAsText(tree, rule, styleOf(process.stdout)));
  return EXIT_OK;
}

function isRule(name: string): name is TranslationRule {
  return name === "spec" || name === "lenient";
}

function fail(message: string, status: number): number {
  console.error(`zirconia dt: ${message}`);
  return status;
}
