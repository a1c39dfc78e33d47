import type { MessageEvent } from "../events/events.ts";
import { layOut } from "../fidl/runtime/text_layout.ts";
import { Rights, rightsNames } from "../zx/rights.ts";

/**
 * A message in full, in the manner of Fuchsia's fidlcat: every member with its name, its type and its value, nested ones indented; then
 * the handles with their rights. Lines of at most `width` characters, where words allow.
 *
 *     edu received response fuchsia.hardware.pci/Device.MapInterrupt (transaction 3) = {
 *       interrupt: zx.Handle:INTERRUPT = interrupt
 *     }
 *       handle 1: interrupt, TRANSFER | WAIT
 */
export function messageLines(event: MessageEvent, process: string, width: number): string[] {
  const { direction, what, method, txid, text, handles, rights } = event;
  const verb = direction === "send" ? "sent" : "received";
  const transaction = txid === 0 ? "" : ` (transaction ${txid})`;
  const title = `${process} ${verb} ${what} ${method}${transaction}`;
  const lines = layOut(text === "" ? title : `${title} = ${text}`, width).split("\n");
  for (const [i, handle] of handles.entries()) {
    const line = `  handle ${i + 1}: ${handle}, ${rightsText(rights[i] ?? Rights.SAME_RIGHTS)}`;
    lines.push(...layOut(line, width, 0, 2).split("\n"));
  }
  return lines;
}

function rightsText(rights: number): string {
  return rights === Rights.SAME_RIGHTS ? "with all its rights" : rightsNames(rights).replaceAll("|", " | ");
}
