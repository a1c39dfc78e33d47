/** The generator: what the compiler makes of `.fidl` text in, TypeScript out. It runs anywhere, a browser included. */
export { type GeneratedModule, type GenerateOptions, generate, RUNTIME } from "./generate.ts";
