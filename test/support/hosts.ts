/** The kinds of driver hosts that a driver's tests run in. */
import { InThreadHosts } from "../../src/framework/in_thread_host.ts";
import type { SystemOptions } from "../../src/framework/system.ts";
import { WorkerHosts } from "../../src/framework/worker_host/worker_hosts.ts";
import type { Architecture } from "../../src/machine/machine.ts";
import { type MachineUnderTest, onEveryMachine } from "./machines.ts";
import { workerProgram } from "./worker_programs.ts";

type Hosts = SystemOptions["hosts"];

const entry = await workerProgram("test_driver_host");

/** What a describe of the tests with these hosts is called, and the hosts. */
export const hostsUnderTest = [
  { where: "", hosts: inThreadHosts },
  { where: " in a host in a thread", hosts: workerHosts },
] as const;

/** Runs the same tests on every machine of some architectures that is there, with each kind of hosts. */
export function onEveryMachineAndHost(
  subject: string,
  tests: (machine: MachineUnderTest, hosts: (...own: string[]) => Hosts) => void,
  architectures?: readonly Architecture[],
): void {
  for (const { where, hosts } of hostsUnderTest)
    onEveryMachine(`${subject}${where}`, (machine) => tests(machine, hosts), architectures);
}

function inThreadHosts(): Hosts {
  return undefined;
}

/** `own`: drivers that are a part of the test, and stay in its thread. */
function workerHosts(...own: string[]): Hosts {
  return (kernel, load) => {
    const here = new InThreadHosts(kernel, load);
    const workers = new WorkerHosts(kernel, { entry });
    const isOwn = (host: string) => own.some((driver) => host === `driver-host:${driver}`);
    return { create: (name) => (isOwn(name) ? here : workers).create(name) };
  };
}
