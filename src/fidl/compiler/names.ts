/**
 * Re-casing of FIDL names. The compiler lets no two names of one scope have the same canonical form, so re-cased names differ
 * too, unless they differ only in an underscore before a digit (`bar_1` and `bar1` are both `bar1`).
 */

/**
 * The form in which two names of one scope must differ: `FooBar`, `fooBar`, `FOO_BAR` and `foo_bar` are all `foo_bar`,
 * and `HTTPServer` is `http_server`. A digit belongs to the word before it.
 */
export function canonicalName(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .replaceAll(/_+/g, "_")
    .toLowerCase();
}

/** `readConfig8`, as for members, methods and arguments. */
export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

/** `ReadConfig8`, as for types. Between two digits the underscore stays: `usb_3_2` is `Usb3_2`. */
export function pascalCase(name: string): string {
  return canonicalName(name)
    .replaceAll(/(^|_)([a-z])/g, (_match, _separator, letter: string) => letter.toUpperCase())
    .replaceAll(/([^0-9])_([0-9])/g, "$1$2");
}

/** `READ_CONFIG8`, as for constants. */
export function upperSnakeCase(name: string): string {
  return canonicalName(name).toUpperCase();
}

/** The part of `library/Name` behind the slash. */
export function shortName(fullName: string): string {
  return fullName.slice(fullName.indexOf("/") + 1);
}

/** The part of `library/Name` before the slash. */
export function libraryOf(fullName: string): string {
  return fullName.slice(0, fullName.indexOf("/"));
}
