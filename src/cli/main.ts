#!/usr/bin/env node
/** The `zirconia` command. Each subcommand's module is loaded when it is asked for. */
import { Command, CommanderError } from "commander";
import { addDriverCommands, addNewCommand, addRunCommand } from "./driver_commands.ts";
import { EXIT_FAILURE } from "./exit.ts";
import { fitTo } from "./fit_to.ts";
import { startHostThreads } from "./host_threads.ts";
import { MACHINE_NAMES } from "./machine_names.ts";
import { VERSION } from "./version.ts";

const program = new Command("zirconia")
  .description("Drivers reach their devices Fuchsia's way: on models, on QEMU's devices, on real hardware.")
  .version(VERSION)
  .showHelpAfterError("(add --help for usage)")
  .configureOutput({
    writeOut: (text) =>
      process.stdout.write(
        process.stdout.columns ? fitTo(text, Math.min(process.stdout.columns, 100)) : text,
      ),
  })
  .exitOverride()
  .hook("preAction", (_, command) => {
    if (command.getOptionValue("hosts") !== "worker") return;
    // Those that are bundled with this module have no drivers but those that come with Zirconia.
    const isBundled = command.name() === "boot" || command.name() === "dump";
    command.setOptionValue("threads", startHostThreads(isBundled ? "builtin" : "files"));
  });

program
  .command("boot")
  .description(
    "boot a machine, bind drivers to its devices, and show the node tree with each device's memory",
  )
  .option("-m, --machine <name>", `${MACHINE_NAMES.join(" or ")}`, "sim-x64")
  .option("-d, --device <device...>", "a device to add, as for QEMU's -device (repeatable)")
  .option("--dtb <file>", "of sim-arm64: the nodes of this device tree, and which drivers they would get")
  .option("--address-space <kind>", "auto, native or portable", "auto")
  .option("--hosts <kind>", "worker: each driver host in a thread of its own; or in-thread", "worker")
  .option("--trace [scope]", "tell what happens: the seven steps (story), each FIDL message (messages), all")
  .option("--json", "print the tree (and the trace) as JSON")
  .addHelpText(
    "after",
    `
Examples:
  zirconia boot                                      the edu device, as a model in this process
  zirconia boot --machine qemu-q35 --device edu      the same driver on QEMU's own edu device
  zirconia boot --trace                              the seven steps from device to driver
  zirconia boot --trace=messages                     what the drivers say to each other, in full
  zirconia boot --machine sim-arm64                  a board that a device tree describes
  zirconia boot --machine sim-arm64 --dtb FILE       what would become of another board's tree

Exit status: 0 if every driver that was bound is running, 1 if not, 2 for a wrong command line.`,
  )
  .action(async (options) => {
    const { boot } = await import("./boot.ts");
    process.exitCode = await boot(options);
  });

addNewCommand(program);
addRunCommand(program);
addDriverCommands(program);

program
  .command("dump")
  .description(
    "boot a machine as boot does, and print what its kernel holds: mappings, VMOs, handles or resources",
  )
  .argument("<table>", "maps, vmos, handles or resources")
  .option("-m, --machine <name>", `${MACHINE_NAMES.join(" or ")}`, "sim-x64")
  .option("-d, --device <device...>", "a device to add, as for QEMU's -device (repeatable)")
  .option("--address-space <kind>", "auto, native or portable", "auto")
  .option("--hosts <kind>", "worker: each driver host in a thread of its own; or in-thread", "worker")
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

program
  .command("dt")
  .description("show what a device tree says: each device's registers and interrupts, resolved")
  .argument("<file>", "a flattened device tree (.dtb)")
  .option(
    "--rule <rule>",
    "a bus without ranges: spec (its addresses are its own) or lenient (taken as they are)",
    "spec",
  )
  .option("--tree", "print the tree as source text, as dtc -O dts does")
  .option("--json", "print what it says as JSON")
  .addHelpText(
    "after",
    `
Each node with its status, unless that is okay, and what it is compatible with; under it:
  reg   a range of the processors' addresses, and the buses that it goes through, each with the
        address on that bus where it is another one; or why it is none
  bar   the same, of a PCI function that firmware gave addresses to
  irq   the interrupt at its controller, past every interrupt-map; of a GIC by type, number, INTID
  ram   reserved memory that the device refers to
  !     what is wrong with the node

Examples:
  zirconia dt board.dtb                              what a board has, and where
  zirconia dt board.dtb --json                       the same, as data
  zirconia dt board.dtb --rule lenient               as Fuchsia's devicetree library translates
  zirconia dt board.dtb --tree                       what dtc would decompile it to

Exit status: 0 if the file could be read, 1 if not, 2 for a wrong command line. What it says that
could not be resolved is counted in the last line, and has a reason where it stands.`,
  )
  .action(async (file, options) => {
    const { dt } = await import("./dt.ts");
    process.exitCode = dt(file, options);
  });

const fidl = program
  .command("fidl")
  .description("make TypeScript of .fidl files, check them, and decode messages")
  .addHelpText(
    "after",
    `
Files, or folders of them, in any order. Libraries that come with zirconia (zx,
fuchsia.hardware.pci, ...) are found when they are imported; others are given, too.

Examples:
  zirconia fidl compile my.library.fidl -o src/fidl  writes src/fidl/my.library.ts
  zirconia fidl check my.library.fidl                errors with their place and Fuchsia's codes
  zirconia fidl ir my.library.fidl                   what the compiler hands to a generator, as JSON
  zirconia fidl decode 01000000020000017...          what the bytes of a message mean

Exit status: 0 if there is no error, 1 if there is, 2 for a wrong command line.`,
  );

/** For an option that can be given again and again. */
function collect(given: string, before: readonly string[]): string[] {
  return [...before, given];
}

/** A command that compiles. */
function fidlCommand(name: string, description: string): Command {
  return fidl
    .command(name)
    .description(description)
    .argument("<files...>", ".fidl files, or folders of them")
    .option(
      "--available <platform:version>",
      "compile a platform at a version: a number, NEXT or HEAD (repeatable)",
      collect,
      [],
    )
    .option(
      "--modifiers <how>",
      "protocols and methods without modifiers: required (an error), modern (open, flexible), legacy (closed, strict)",
      "required",
    );
}

fidlCommand("compile", "write a TypeScript module for each library: types, codecs, clients, servers")
  .option("-o, --out <folder>", "where to", ".")
  .option("--library <name>", "of this library only")
  .option("--runtime <module>", "what the modules import the runtime from (zirconia/fidl/runtime)")
  .option("--json", "print what was written as JSON")
  .action(async (files, options) => {
    const { compileToTypeScript } = await import("./fidl_compile.ts");
    process.exitCode = compileToTypeScript(files, options);
  });

fidlCommand("check", "check FIDL files")
  .option("--json", "print the errors and warnings as JSON")
  .action(async (files, options) => {
    const { check } = await import("./fidl.ts");
    process.exitCode = check(files, options);
  });

fidlCommand("ir", "print the intermediate representation as JSON")
  .option("--library <name>", "of this library, given or imported")
  .action(async (files, options) => {
    const { ir } = await import("./fidl.ts");
    process.exitCode = ir(files, options);
  });

fidl
  .command("format")
  .description("print FIDL files in canonical form, comments kept")
  .argument("<files...>", ".fidl files, or folders of them")
  .option("-w, --write", "put it in place of the files, and name those that were changed")
  .option("--check", "only name the files that have another form; exit status 1 if there are any")
  .action(async (files, options) => {
    const { formatFiles } = await import("./fidl_format.ts");
    process.exitCode = formatFiles(files, options);
  });

fidl
  .command("decode")
  .description("say what the bytes of a FIDL message mean: header, method, body with names and types")
  .argument(
    "[hex...]",
    "the bytes: hex digits with any separators, or a dump as xxd, hexdump -C and od print it",
  )
  .option("-i, --input <file>", "read them from a file, or from the standard input (-), as without arguments")
  .option(
    "-f, --files <path>",
    "look for the method in these .fidl files, too: a file or a folder (repeatable)",
    collect,
    [],
  )
  .option("--request", "the client sent it")
  .option("--response", "the server sent it, as an answer")
  .option("--event", "the server sent it, unasked")
  .option("-t, --type <library/Name>", "no message but a value of this type: at rest, or a body alone")
  .option(
    "--available <platform:version>",
    "compile a platform of --files at a version (repeatable)",
    collect,
    [],
  )
  .option("--modifiers <how>", "of --files: required, modern or legacy, as for check", "required")
  .option("--json", "print it as JSON")
  .addHelpText(
    "after",
    `
The method is found by its ordinal, in the files that are given and in the libraries that come
with zirconia. Without --request or --response a message is taken for the one that it can be.
Handles are not in the bytes: they are numbered, and there are as many as the message needs.

Examples:
  zirconia fidl decode 0100000002000001 79f6bffbf683266b 0600000000000000
  xxd message.bin | zirconia fidl decode --files my.library.fidl --response
  zirconia fidl decode --type my.library/Settings --input settings.hex --json

Exit status: 0 if the bytes are what they should be; 1 if not, with the byte that is wrong; 2 for a
wrong command line.`,
  )
  .action(async (words, options) => {
    const { decode } = await import("./fidl_decode.ts");
    process.exitCode = decode(words, options);
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
