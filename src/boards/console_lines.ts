const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** A line that does not end is told in pieces. */
const MOST_CHARACTERS = 200;

/** Makes lines of the characters that a UART sends: returns who takes them one by one. Characters beyond ASCII are shown as Latin-1. */
export function consoleLines(tell: (line: string) => void): (character: number) => void {
  let line = "";
  return (character) => {
    if (character === RETURN) return;
    if (character !== NEWLINE) line += String.fromCharCode(character);
    if (character !== NEWLINE && line.length < MOST_CHARACTERS) return;
    tell(line);
    line = "";
  };
}
