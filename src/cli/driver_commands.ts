/** The command line of what a driver's author uses: `driver`, `run`, `new`. */
import type { Command } from "commander";
import { MACHINE_NAMES } from "./machine_names.ts";

/** For an option that can be given again and again, and takes one word each time: files follow it. */
function collect(given: string, before: readonly string[] = []): string[] {
  return [...before, given];
}

/** The options that choose a machine. */
function onMachine(command: Command): Command {
  return command
    .option("-m, --machine <name>", MACHINE_NAMES.join(" or "), "sim-x64")
    .option("-d, --device <device>", "a device to add, as for QEMU's -device (repeatable)", collect)
    .option("--address-space <kind>", "auto, native or portable", "auto")
    .option("--hosts <kind>", "worker: each driver host in a thread of its own; or in-thread", "worker");
}

export function addDriverCommands(program: Command): void {
  const driver = program
    .command("driver")
    .description("look at drivers, nodes, hosts, and at why a driver is bound or not; as ffx driver does")
    .addHelpText(
      "after",
      `
There is no daemon: each command boots a machine, as zirconia boot does, does its work, prints, and
stops it. So what restart, disable and register change is told, and gone. Drivers of one's own come
with --driver; those that come with Zirconia then give way to them.

Examples:
  zirconia driver list-devices -v                    nodes with the properties that rules ask for
  zirconia driver debug-bind 00:01.0 gizmo.ts        why gizmo.ts is not bound to 00:01.0
  zirconia driver list-hosts -m qemu-q35             which drivers share a process
  zirconia driver restart edu --json                 what a restart does, as data

Exit status: 0 if it was done, and every driver that was bound is running; 1 if not; 2 for a wrong
command line.`,
    );
  const subcommand = (usage: string, description: string) =>
    onMachine(driver.command(usage).description(description))
      .option(
        "--driver <file>",
        "a driver of your own, beside those that come with Zirconia (repeatable)",
        collect,
      )
      .option("--json", "print as JSON");

  subcommand("list", "list the drivers: URLs")
    .option("--loaded", "only those that are bound to a node")
    .option("-v, --verbose", "also names, bind rules, nodes")
    .action(async (options) => {
      const { list } = await import("./driver.ts");
      process.exitCode = await list(options);
    });
  subcommand("list-devices", "list the nodes: monikers, drivers")
    .option("-v, --verbose", "also properties and offers")
    .action(async (options) => {
      const { listDevices } = await import("./driver.ts");
      process.exitCode = await listDevices(options);
    });
  subcommand("list-hosts", "list the driver hosts: koids, the drivers in each").action(async (options) => {
    const { listHosts } = await import("./driver.ts");
    process.exitCode = await listHosts(options);
  });
  subcommand("list-composite-node-specs", "list the composite node specifications: names, drivers")
    .option("-v, --verbose", "also parents, with their rules, properties and nodes")
    .action(async (options) => {
      const { listCompositeNodeSpecs } = await import("./driver.ts");
      process.exitCode = await listCompositeNodeSpecs(options);
    });
  subcommand("debug-bind", "say rule by rule why a driver is bound to a node or not")
    .argument("<node>", "a moniker or a name, as list-devices shows them; or a composite node specification")
    .argument("<driver>", "a URL or a name; a driver's file; or bind rules (.bind)")
    .addHelpText(
      "after",
      "\nExit status: 0 if the rules hold, 1 if they do not or there is no such node or driver.",
    )
    .action(async (node, name, options) => {
      const { debugBind } = await import("./driver.ts");
      process.exitCode = await debugBind(node, name, options);
    });
  subcommand("restart", "restart every driver host with a driver, and show what becomes of the nodes")
    .argument("<url>", "the driver: a URL or a name")
    .option("--rematch", "its nodes look for a driver anew")
    .action(async (url, options) => {
      const { restart } = await import("./driver.ts");
      process.exitCode = await restart(url, options);
    });
  subcommand("disable", "have a driver bound no more, restart its hosts, and show who gets its nodes")
    .argument("<url>", "the driver: a URL or a name")
    .action(async (url, options) => {
      const { disable } = await import("./driver.ts");
      process.exitCode = await disable(url, options);
    });
  subcommand("register", "add a driver to a machine that is running, and show what it is bound to")
    .argument("<file>", "a driver's file")
    .action(async (file, options) => {
      const { register } = await import("./driver.ts");
      process.exitCode = await register(file, options);
    });
}

export function addRunCommand(program: Command): void {
  onMachine(
    program
      .command("run")
      .description("run drivers of your own on a machine, beside those that come with Zirconia")
      .argument("<file...>", "a driver's file (.ts, .js): exports defineDriver({ ... }) by default"),
  )
    .option("--watch", "when a file changes, put its new version in the place of the running one")
    .option("--once", "show the tree and end, as zirconia boot does")
    .option(
      "--trace [scope]",
      "tell what happens: the seven steps (story), each FIDL message (messages), all",
    )
    .option("--json", "with --once: print the tree as JSON")
    .addHelpText(
      "after",
      `
Boots the machine, binds drivers to its devices, and shows the node tree; then what the drivers log,
until Ctrl-C. Where a driver of yours and one that comes with Zirconia would be bound to a device,
yours is; one that has the name of a driver that comes with Zirconia takes its place. What a driver
imports from zirconia is this version of it. TypeScript needs no build.

With --watch the driver is stopped, loaded anew with what it imports, and bound again, also to other
nodes if its rules have changed. Mistakes in a file are told, and the version before it runs on; a
driver that dies waits for the next version. Models' time keeps to the time of day.

Examples:
  zirconia run gizmo.ts                              on the edu device, as a model in this process
  zirconia run gizmo.ts --watch                      and again at each change of the file
  zirconia run gizmo.ts -m qemu-q35 -d edu           on QEMU's own edu device
  zirconia run gizmo.ts --once --json                the tree as data, for a script

Exit status: 0 with --once, if all your drivers are bound and every driver that is bound is running;
130 after Ctrl-C; 1 if not, or if nothing of yours is left to run; 2 for a wrong command line.`,
    )
    .action(async (files, options) => {
      const { run } = await import("./run.ts");
      process.exitCode = await run(files, options);
    });
}

export function addNewCommand(program: Command): void {
  program
    .command("new")
    .description("start something of your own: a driver")
    .command("driver")
    .description("make a folder with a driver that is bound to a device and runs, and its tests")
    .argument("<name>", "the driver's name: lower case letters, digits, - and _")
    .option("--bus <kind>", "what the device is on: pci or platform", "pci")
    .option("--dir <folder>", "where to; must be empty or not there (default: the name)")
    .option("--json", "print what was written as JSON")
    .addHelpText(
      "after",
      `
The driver starts as one of a device that there is a model of: with pci, QEMU's educational device;
with platform, a clock of Arm's. Change it to yours step by step.

Examples:
  zirconia new driver gizmo                          gizmo/src/gizmo.ts, gizmo/test/gizmo.test.ts
  zirconia new driver my-clock --bus platform        for what a device tree describes

Exit status: 0 if it was written, 1 if the folder is not empty, 2 for a wrong command line.`,
    )
    .action(async (name, options) => {
      const { newDriver } = await import("./new_driver.ts");
      process.exitCode = newDriver(name, options);
    });
}
