/** Arm boards whose UART has somebody at the other end. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSimArm64, SIM_ARM64_RAM } from "../../src/boards/sim_arm64.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { createNativeRam } from "../../src/machine/native_ram.ts";
import type { MachineUnderTest } from "./machines.ts";

export interface SerialBoard {
  readonly machine: Machine;
  /** Sends from the other end. */
  send(text: string): void;
  /** What has arrived at the other end, once it is so many characters. */
  received(length: number): Promise<string>;
  /** Closes the other end; the machine stays. */
  hangUp(): void;
}

/** The board that a test of `onEveryMachine` on arm64 is about. */
export async function createSerialBoard({ machine, addressSpace }: MachineUnderTest): Promise<SerialBoard> {
  return machine === "sim-arm64" ? createSim(addressSpace === "native") : createQemu();
}

class Inbox {
  #text = "";
  #waiting: { length: number; resolve(text: string): void } | undefined;

  add(text: string): void {
    this.#text += text;
    if (this.#waiting !== undefined && this.#text.length >= this.#waiting.length)
      this.#waiting.resolve(this.#text);
  }

  received(length: number): Promise<string> {
    if (this.#text.length >= length) return Promise.resolve(this.#text);
    return new Promise((resolve) => {
      this.#waiting = { length, resolve };
    });
  }
}

async function createSim(isNative: boolean): Promise<SerialBoard> {
  const machine = createSimArm64({
    devices: [],
    ...(isNative && { ram: await createNativeRam(SIM_ARM64_RAM) }),
  });
  const inbox = new Inbox();
  machine.uart.onTransmit((character) => inbox.add(String.fromCharCode(character)));
  return {
    machine,
    send: (text) => machine.uart.send(new TextEncoder().encode(text)),
    received: (length) => inbox.received(length),
    hangUp: () => {},
  };
}

async function createQemu(): Promise<SerialBoard> {
  const { createQemuVirt } = await import("../../src/machine/qemu/virt.ts");
  const folder = mkdtempSync(join(tmpdir(), "zirconia-serial-"));
  const path = join(folder, "serial");
  const machine = await createQemuVirt({
    devices: [],
    extraArgs: ["-serial", `unix:${path},server=on,wait=off`],
  });
  const inbox = new Inbox();
  const socket = connect(path);
  socket.on("data", (data) => inbox.add(data.toString("latin1")));
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  rmSync(folder, { recursive: true });
  return {
    machine,
    send: (text) => void socket.write(text),
    received: (length) => inbox.received(length),
    hangUp: () => socket.destroy(),
  };
}
