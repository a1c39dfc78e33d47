#!/usr/bin/env node
/** The `zirconia` command. Each subcommand's module is loaded when it is asked for. */
import { Command, CommanderError } from "commander";
import { EXIT_FAILURE } from "./exit.ts";
import { MACHINE_NAMES } from "./machine_names.ts";
import { VERSION } from "./version.ts";

const program = new Command("zirconia")
  .description("Drivers reach their devices Fuchsia's way: on models, on QEMU's devices, on real hardware.")
  .version(VERSION)
  .showHelpAfterError("(add --help for usage)")
  .exitOverride();

program
  .command("boot")
  .description(
    "boot a machine, bind drivers to its devices, and show the node tree with each device's memory",
  )
  .option("-m, --machine <name>", `${MACHINE_NAMES.join(" or ")}`, "sim-x64")
  .option("-d, --device <device...>", "a device to add, as for QEMU's -device (repeatable)")
  .option("--address-space <kind>", "auto, native or portable", "auto")
  .option("--trace [scope]", "tell what happens as it happens: the seven steps (story), or all")
  .option("--json", "print the tree (and the trace) as JSON")
  .addHelpText(
    "after",
    `
Examples:
  zirconia boot                                      the edu device, as a model in this process
  zirconia boot --machine qemu-q35 --device edu      the same driver on QEMU's own edu device
  zirconia boot --trace                              the seven steps from device to driver

Exit status: 0 if every driver that was bound is running, 1 if not, 2 for a wrong command line.`,
  )
  .action(async (options) => {
    const { boot } = await import("./boot.ts");
    process.exitCode = await boot(options);
  });

program
  .command("machines")
  .description("list the machines that a driver can run on, and whether this computer has what they need")
  .option("--json", "print as JSON")
  .action(async (options) => {
    const { machines } = await import("./machines.ts");
    process.exitCode = await machines(options);
  });

program
  .command("doctor")
  .description("check Node, koffi and QEMU: what is there, what it means, how to get it")
  .option("--json", "print as JSON")
  .action(async (options) => {
    const { doctor } = await import("./doctor.ts");
    process.exitCode = await doctor(options);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    console.error(`zirconia: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = EXIT_FAILURE;
  }
}
