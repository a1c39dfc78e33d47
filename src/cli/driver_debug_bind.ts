import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { compileBind } from "../bind/compile.ts";
import { type CompositeExplanation, explainComposite } from "../bind/composite.ts";
import { formatBindDiagnostic } from "../bind/diagnostic.ts";
import { type Explanation, explain } from "../bind/explain.ts";
import { formatCompositeExplanation, formatExplanation } from "../bind/format_explanation.ts";
import { withAutobind } from "../bind/properties.ts";
import type { BindRules } from "../bind/rules.ts";
import type { CompositeState } from "../framework/composite/specs.ts";
import type { DriverManager } from "../framework/driver_manager.ts";
import { ZxError } from "../zx/error.ts";
import { DriverFileError, isDriverFile, loadDriver } from "./driver_files.ts";
import { driverOf } from "./driver_records.ts";
import { type DriverOptions, findDriver, findNode, onSystem } from "./driver_system.ts";
import { EXIT_FAILURE, EXIT_OK } from "./exit.ts";
import { jsonText } from "./json_text.ts";

/** `zirconia driver debug-bind`. Returns the exit status: 0 if the rules hold. */
export function debugBind(nodeWord: string, driverWord: string, options: DriverOptions): Promise<number> {
  return onSystem("debug-bind", options, async ({ manager }) => {
    const rules = await rulesOf(manager, driverWord);
    const spec = manager.compositeNodeSpecs.find((state) => state.spec.name === nodeWord);
    const { node, explanation, text, notes } =
      spec === undefined ? debugNode(manager, nodeWord, rules) : debugSpec(spec, rules);
    const { matches } = explanation;
    if (options.json) console.log(jsonText({ node, driver: rules.driver, matches, explanation, notes }));
    else
      console.log([`Node   : ${node}`, `Driver : ${rules.driver}`, "", text.trimEnd(), ...notes].join("\n"));
    return matches ? EXIT_OK : EXIT_FAILURE;
  });
}

interface Rules {
  /** A URL, or the file that they are in. */
  readonly driver: string;
  readonly bind: BindRules;
}

interface Finding {
  readonly node: string;
  readonly explanation: Explanation | CompositeExplanation;
  readonly text: string;
  /** What else decides whether the driver is bound, in sentences. */
  readonly notes: readonly string[];
}

/** Of a driver that the index knows, of a driver's file, or of a `.bind` file. */
async function rulesOf({ index }: DriverManager, word: string): Promise<Rules> {
  if (extname(word) === ".bind") return { driver: word, bind: rulesIn(word) };
  if (isDriverFile(word))
    return { driver: word, bind: (await loadDriver(word, { hosts: "worker" })).driver.bind };
  const { url, bind } = findDriver(index, word);
  return { driver: url, bind };
}

function rulesIn(path: string): BindRules {
  if (!existsSync(path)) throw new DriverFileError(`${path}: there is no such file`);
  const text = readFileSync(path, "utf8");
  const { program, diagnostics } = compileBind({ name: path, text });
  if (program === undefined)
    throw new DriverFileError(
      `the rules do not compile\n${diagnostics.map(formatBindDiagnostic).join("\n")}`,
    );
  return program;
}

function debugNode(manager: DriverManager, word: string, { driver, bind }: Rules): Finding {
  const node = findNodeOrSpec(manager, word);
  const explanation = explain(bind, withAutobind(node.properties, false));
  const notes: string[] = [];
  if (explanation.kind === "composite") {
    const specs = manager.compositeNodeSpecs.map(({ spec }) => spec.name).join(", ") || "none";
    notes.push(`To debug composite rules, name a composite node specification; there are: ${specs}.`);
  }
  if (node.owner !== "none" && node.driver?.url !== driver)
    notes.push(`The node is ${ownerText(driverOf(node))}.`);
  if (node.driver === undefined && node.error !== undefined)
    notes.push(`No driver was chosen for the node: ${node.error.message}.`);
  if (manager.index.isDisabled(driver)) notes.push("The driver is disabled.");
  return { node: node.moniker, explanation, text: formatExplanation(explanation), notes };
}

function ownerText(owner: string): string {
  return owner.includes("://") ? `bound to ${owner}` : owner;
}

function findNodeOrSpec(manager: DriverManager, word: string) {
  try {
    return findNode(manager, word);
  } catch (error) {
    const specs = manager.compositeNodeSpecs.map(({ spec }) => spec.name);
    if (!(error instanceof ZxError) || specs.length === 0) throw error;
    throw new ZxError(error.status, `${error.detail}; composite node specifications: ${specs.join(", ")}`);
  }
}

function debugSpec({ spec, driver: chosen }: CompositeState, { driver, bind }: Rules): Finding {
  const explanation = explainComposite(bind, spec.parents);
  if (explanation === undefined)
    throw new DriverFileError(
      `${spec.name} is a composite node's, and the rules of ${driver} are not composite`,
    );
  const notes =
    chosen === undefined || chosen.url === driver ? [] : [`The composite node's driver is ${chosen.url}.`];
  return { node: spec.name, explanation, text: formatCompositeExplanation(explanation), notes };
}
