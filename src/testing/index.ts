/** `zirconia/testing`: drivers under test, with fake parents or on a whole board. */
export { type BoardTestOptions, bootBoard } from "./board_test.ts";
export { DriverTest, type DriverTestOptions, startDriver } from "./driver_test.ts";
export { TestEnvironment, type TestInterrupt } from "./environment.ts";
export { FakePci, type FakePciOptions } from "./fake_pci.ts";
export { FakePDev, type FakePDevOptions } from "./fake_pdev.ts";
export type { FakeParents } from "./test_parent.ts";
