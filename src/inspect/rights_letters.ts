/** Rights as letters: the six that vmos has always shown, each in its place, and one letter for each of the others. */
import type { RightName } from "../zx/rights.ts";

const VMO_LETTERS = [
  ["READ", "r"],
  ["WRITE", "w"],
  ["EXECUTE", "x"],
  ["MAP", "m"],
  ["DUPLICATE", "d"],
  ["TRANSFER", "t"],
] as const satisfies readonly (readonly [RightName, string])[];

const OTHER_LETTERS = [
  ["WAIT", "a"],
  ["INSPECT", "i"],
  ["GET_PROPERTY", "g"],
  ["SET_PROPERTY", "G"],
  ["SIGNAL", "s"],
  ["SIGNAL_PEER", "S"],
  ["ENUMERATE", "e"],
  ["DESTROY", "k"],
  ["GET_POLICY", "p"],
  ["SET_POLICY", "P"],
  ["MANAGE_JOB", "J"],
  ["MANAGE_PROCESS", "O"],
  ["MANAGE_THREAD", "T"],
  ["MANAGE_SOCKET", "K"],
  ["MANAGE_VMO", "V"],
  ["ATTACH_VMO", "v"],
  ["OP_CHILDREN", "c"],
  ["RESIZE", "z"],
  ["APPLY_PROFILE", "f"],
] as const satisfies readonly (readonly [RightName, string])[];

/** `rw-mdt`: what vmos shows of a handle's rights. */
export function vmoRightsLetters(rights: readonly RightName[]): string {
  return VMO_LETTERS.map(([name, letter]) => (rights.includes(name) ? letter : "-")).join("");
}

/** `rw-mdt aigGs`: the same, and the other rights behind them. */
export function rightsLetters(rights: readonly RightName[]): string {
  const others = OTHER_LETTERS.filter(([name]) => rights.includes(name)).map(([, letter]) => letter);
  return `${vmoRightsLetters(rights)} ${others.join("")}`.trimEnd();
}

/** What the letters mean that occur in `rights`: `r read`. */
export function rightsLegend(rights: readonly RightName[]): string[] {
  const occurring = new Set(rights);
  return [...VMO_LETTERS, ...OTHER_LETTERS]
    .filter(([name]) => occurring.has(name))
    .map(([name, letter]) => `${letter} ${name.toLowerCase().replace("_", "-")}`);
}
