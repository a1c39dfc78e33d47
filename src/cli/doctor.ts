import { EXIT_FAILURE, EXIT_OK } from "./exit.ts";
import { type Finding, findings } from "./findings.ts";

/** `zirconia doctor`. Fails only where something that is required is missing; what is optional is explained. */
export async function doctor({ json }: { readonly json?: boolean }): Promise<number> {
  const found = await findings();
  if (json) console.log(JSON.stringify(found, undefined, 2));
  else for (const finding of found) console.log(format(finding));
  return found.some(({ state }) => state === "missing") ? EXIT_FAILURE : EXIT_OK;
}

function format({ name, state, detail, means, remedy }: Finding): string {
  const mark = { ok: "ok      ", optional: "optional", missing: "MISSING " }[state];
  const lines = [`${mark}  ${name}: ${detail}`, `          ${means}`];
  if (remedy !== undefined) lines.push(`          -> ${remedy}`);
  return lines.join("\n");
}
