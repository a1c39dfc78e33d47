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
  .command("dump")
  .description(
    "boot a machine as boot does, and print what its kernel holds: mappings, VMOs, handles or resources",
  )
  .argument("<table>", "maps, vmos, handles or resources")
  .option("-m, --machine <name>", `${MACHINE_NAMES.join(" or ")}`, "sim-x64")
  .option("-d, --device <device...>", "a device to add, as for QEMU's -device (repeatable)")
  .option("--address-space <kind>", "auto, native or portable", "auto")
  .option("-p, --process <name>", "only of processes of this name (driver-host:edu, edu) or koid")
  .option("--json", "print the records as JSON")
  .addHelpText(
    "after",
    `
Tables (in the layouts of Fuchsia's tools):
  maps       vmaps: /A address space, /R root VMAR, R VMAR, M mapping, indented by depth; :sz bytes
             of addresses, :res bytes of RAM under them, koid:vmo+offset, cache policy, name
  vmos       vmos: a line for each handle to a VMO, and one without rights for each mapping; alloc
             is phys for a device's memory; behind the name where that is, the cache policy if it
             is not cached, and what is special (cow, contiguous, resizable, discardable)
  handles    handles: value, koid, koid of the peer or the parent job, rights, type, name
  resources  RAM as in kstats -m, and k resource: ranges of device memory, interrupts and ports,
             and the processes that may give them out

Examples:
  zirconia dump maps --process edu                   where edu's registers are mapped
  zirconia dump vmos --machine qemu-q35              the same driver's VMOs on QEMU's own edu device
  zirconia dump resources --json                     who may make VMOs of device memory, as data

Exit status: 0 if every driver that was bound is running; 1 if not (the table is printed all the
same), or if there is no such process; 2 for a wrong command line.`,
  )
  .action(async (table, options) => {
    const { dump } = await import("./dump.ts");
    process.exitCode = await dump(table, options);
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

// A reader that has seen enough (`| head`) is no failure: the command ends as it would have.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
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
