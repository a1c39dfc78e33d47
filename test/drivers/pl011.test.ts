import { afterEach, beforeEach, expect, test } from "vitest";
import { busDrivers } from "../../src/bus/index.ts";
import pl011 from "../../src/drivers/pl011.ts";
import {
  CharacterWidth,
  Class,
  type Config,
  Device,
  type DeviceClient,
  FlowControl,
  Parity,
  StopWidth,
} from "../../src/fidl/fuchsia.hardware.serial.ts";
import type { Node } from "../../src/framework/node.ts";
import { System } from "../../src/framework/system.ts";
import { Status } from "../../src/zx/status.ts";
import { onEveryMachineAndHost } from "../support/hosts.ts";
import { createSerialBoard, type SerialBoard } from "../support/serial.ts";

const CONFIG: Config = {
  characterWidth: CharacterWidth.BITS_8,
  stopWidth: StopWidth.BITS_1,
  parity: Parity.NONE,
  controlFlow: FlowControl.NONE,
  baudRate: 9600,
};
const encode = (text: string) => new TextEncoder().encode(text);

onEveryMachineAndHost(
  "the PL011 driver",
  (kind, hosts) => {
    let board: SerialBoard;
    let system: System;
    let node: Node;
    let serial: DeviceClient;

    beforeEach(async () => {
      board = await createSerialBoard(kind);
      system = await System.boot({
        machine: board.machine,
        drivers: [...busDrivers, pl011],
        addressSpace: kind.addressSpace,
        hosts: hosts(),
      });
      node = [...system.manager.root.walk()].find(({ driver }) => driver?.name === "pl011")!;
      serial = system.connect(node.moniker, Device);
    });

    afterEach(async () => {
      board.hangUp();
      await system.stop();
    });

    /** Until so many characters have come. */
    async function read(length: number): Promise<string> {
      let text = "";
      while (text.length < length) text += new TextDecoder().decode(await serial.read());
      return text;
    }

    test("binds to arm,pl011, with the registers and the interrupt that the device tree says", () => {
      expect(node.properties).toMatchObject({
        "fuchsia.devicetree.FIRST_COMPATIBLE": "arm,pl011",
        "fuchsia.resource.MMIO_COUNT": 1,
        "fuchsia.resource.INTERRUPT_COUNT": 1,
      });
      expect(node.state).toBe("running");
      const [memory] = node.running!.memory;
      expect(memory).toMatchObject({ size: 0x1000, policy: "UNCACHED_DEVICE" });
      expect(system.kernel.vmo(memory!.vmoKoid)!.physicalBase).toBe(0x0900_0000);
      expect(node.running!.inspect).toEqual({ "baud rate": 115_200 });
    });

    test("sends characters", async () => {
      await serial.write(encode("Hello, UART\n"));
      expect(await board.received(12)).toBe("Hello, UART\n");
    });

    test("sends more than its FIFO holds, by interrupts", async () => {
      const text = "0123456789".repeat(20);
      await serial.write(encode(text));
      expect(await board.received(text.length)).toBe(text);
    });

    test("receives characters, by interrupts, and keeps those that came before anybody read", async () => {
      board.send("first");
      expect(await read(5)).toBe("first");
      const later = read(6);
      board.send("second");
      expect(await later).toBe("second");
    });

    test("receives more than its FIFO holds", async () => {
      const text = "abcdefghij".repeat(20);
      board.send(text);
      expect(await read(text.length)).toBe(text);
    });

    test("has one reader and one writer at a time", async () => {
      const first = serial.read();
      await expect(serial.read()).rejects.toMatchObject({ status: Status.ALREADY_BOUND });
      board.send("x");
      expect(await first).toEqual(encode("x"));
    });

    test("sets how characters are on the line, and refuses a speed that its clock cannot make", async () => {
      expect(await serial.getClass()).toBe(Class.GENERIC);
      expect(await serial.setConfig({ ...CONFIG, parity: Parity.EVEN, stopWidth: StopWidth.BITS_2 })).toBe(
        Status.OK,
      );
      await serial.write(encode("slow"));
      expect(await board.received(4)).toBe("slow");
      expect(await serial.setConfig({ ...CONFIG, baudRate: 3_000_000 })).toBe(Status.INVALID_ARGS);
      expect(await serial.setConfig({ ...CONFIG, baudRate: 10 })).toBe(Status.INVALID_ARGS);
    });

    test("lets go of who waits when it stops", async () => {
      const waiting = serial.read();
      const outcome = expect(waiting).rejects.toMatchObject({ status: expect.any(Number) });
      await system.manager.remove(node);
      await outcome;
      expect([...system.manager.hosts].map(({ name }) => name)).not.toContain("driver-host:pl011");
    });
  },
  ["arm64"],
);
