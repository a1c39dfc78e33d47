import { wrap } from "../inspect/style.ts";
import { EXIT_FAILURE, EXIT_OK } from "./exit.ts";
import { type Finding, findings } from "./findings.ts";

/** `zirconia doctor`. Fails only where something that is required is missing; what is optional is explained. */
export async function doctor({ json }: { readonly json?: boolean }): Promise<number> {
  const found = await findings();
  if (json) console.log(JSON.stringify(found, undefined, 2));
  else for (const finding of found) console.log(format(finding));
  return found.some(({ state }) => state === "missing") ? EXIT_FAILURE : EXIT_OK;
}

const WIDTH = Math.min(100, process.stdout.columns || 100);
const INDENT = " ".repeat(10);

function format({ name, state, detail, means, remedy }: Finding): string {
  const mark = { ok: "ok", optional: "optional", missing: "MISSING" }[state].padEnd(INDENT.length);
  const paragraph = (text: string) => wrap(text, WIDTH - INDENT.length).map((line) => INDENT + line);
  const [first = "", ...rest] = paragraph(`${name}: ${detail}`);
  const lines = [mark + first.trimStart(), ...rest, ...paragraph(means)];
  if (remedy !== undefined) lines.push(...paragraph(`-> ${remedy}`));
  return lines.join("\n");
}
