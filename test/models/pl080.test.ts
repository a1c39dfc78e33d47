import { describe, expect, test } from "vitest";
import { NarrowIo } from "../../src/machine/sim/narrow_io.ts";
import { DmaRequest } from "../../src/models/dma_request.ts";
import { Pl080 } from "../../src/models/pl080.ts";
import { Pl080 as Registers } from "../../src/registers/pl080.ts";
import { RAM, withDevice } from "./platform.ts";

const { layout } = Registers;
const { element: Channel, stride } = layout.Channel;
const PERIPHERAL = 0xa00_0000;
const MS = 1e6;

/** A register that keeps each access that is made. */
class Peripheral extends NarrowIo {
  readonly written: [width: number, value: number][] = [];
  #next = 0x80;

  read8 = () => this.#next++ & 0xff;
  read16 = () => this.#next++ & 0xffff;
  read32 = () => this.#next++;
  write8 = (_offset: number, value: number) => void this.written.push([8, value]);
  write16 = (_offset: number, value: number) => void this.written.push([16, value]);
  write32 = (_offset: number, value: number) => void this.written.push([32, value]);
}

/** A controller that is switched on, with a peripheral at request 3. */
function controller() {
  const request = new DmaRequest();
  const made = withDevice((port) => new Pl080(port, new Map([[3, request]])));
  const peripheral = new Peripheral();
  made.machine.bus.add(PERIPHERAL, 0x1000, "peripheral", peripheral);
  const { io, machine } = made;
  io.write32(layout.Configuration.offset, 1);
  const channel = (number: number) => ({
    write(register: { offset: number }, value: number) {
      io.write32(register.offset + number * stride, value);
    },
    read: (register: { offset: number }) => io.read32(register.offset + number * stride),
  });
  const bytes = (at: number, size: number) => {
    const into = new Uint8Array(size);
    machine.ram.read(RAM + at, into);
    return [...into];
  };
  return { ...made, request, peripheral, channel, bytes };
}

const words = { sourceWidth: "word", destinationWidth: "word", sourceIncrement: 1, destinationIncrement: 1 };
const RUN = { enable: 1, terminalCountInterrupt: 1, errorInterrupt: 1 };

describe("the model of the PL080", () => {
  test("copies memory, tells that it is done, and switches the channel off", () => {
    const { machine, channel, bytes, io, clock, isInterrupting } = controller();
    const sent = Uint8Array.from({ length: 64 }, (_, i) => i * 3);
    machine.ram.write(RAM, sent);
    const { write, read } = channel(2);
    write(Channel.SrcAddr, RAM);
    write(Channel.DestAddr, RAM + 0x1000);
    write(
      Channel.Control,
      Channel.Control.encode({ ...words, transferSize: 16, sourceBurst: "four", interrupt: 1 }),
    );
    write(Channel.Configuration, Channel.Configuration.encode(RUN));
    expect([io.read32(layout.EnbldChns.offset), isInterrupting()]).toEqual([4, false]);
    clock.spin(MS);
    expect(bytes(0x1000, 64)).toEqual([...sent]);
    expect([io.read32(layout.EnbldChns.offset), isInterrupting()]).toEqual([0, true]);
    expect(
      [layout.IntStatus, layout.IntTcStatus, layout.RawIntTcStatus, layout.IntErrorStatus].map((r) =>
        io.read32(r.offset),
      ),
    ).toEqual([4, 4, 4, 0]);
    expect([read(Channel.SrcAddr), read(Channel.DestAddr)]).toEqual([RAM + 64, RAM + 0x1040]);
    io.write32(layout.IntTcClear.offset, 4);
    expect(isInterrupting()).toBe(false);
  });

  test("takes time: more for more", () => {
    const { channel, io, clock } = controller();
    const duration = (transfers: number) => {
      const { write } = channel(0);
      write(Channel.SrcAddr, RAM);
      write(Channel.DestAddr, RAM + 0x4000);
      write(
        Channel.Control,
        Channel.Control.encode({ ...words, transferSize: transfers, sourceBurst: "sixteen" }),
      );
      const start = clock.now();
      write(Channel.Configuration, Channel.Configuration.encode(RUN));
      while (io.read32(layout.EnbldChns.offset) !== 0);
      return clock.now() - start;
    };
    expect(duration(2000)).toBeGreaterThan(4 * duration(400));
  });

  test("works off a list of items, with an interrupt for each that asks for one", () => {
    const { machine, channel, bytes, io, clock } = controller();
    machine.ram.write(RAM, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const item = new DataView(new ArrayBuffer(16));
    const control = Channel.Control.encode({ ...words, transferSize: 1 });
    const fields = [RAM + 4, RAM + 0x2000, 0, control];
    for (const [i, field] of fields.entries()) item.setUint32(4 * i, field, true);
    machine.ram.write(RAM + 0x100, new Uint8Array(item.buffer));
    const { write } = channel(0);
    write(Channel.SrcAddr, RAM);
    write(Channel.DestAddr, RAM + 0x1000);
    write(Channel.Lli, RAM + 0x100);
    write(Channel.Control, Channel.Control.encode({ interrupt: 1 }, control));
    write(Channel.Configuration, Channel.Configuration.encode({ enable: 1 }));
    clock.spin(MS);
    expect([bytes(0x1000, 4), bytes(0x2000, 4)]).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect([layout.RawIntTcStatus, layout.IntStatus].map((r) => io.read32(r.offset))).toEqual([1, 0]);
  });

  test.each([
    ["bytes into words", "byte", "word", 8, [1, 2, 3, 4, 5, 6, 7, 8]],
    ["words into halfwords", "word", "halfword", 2, [1, 2, 3, 4, 5, 6, 7, 8]],
    ["halfwords into bytes", "halfword", "byte", 3, [1, 2, 3, 4, 5, 6, 0, 0]],
  ])("packs %s", (_, sourceWidth, destinationWidth, transferSize, expected) => {
    const { machine, channel, bytes, clock } = controller();
    machine.ram.write(RAM, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const { write } = channel(0);
    write(Channel.SrcAddr, RAM);
    write(Channel.DestAddr, RAM + 0x1000);
    write(
      Channel.Control,
      Channel.Control.encode({
        sourceWidth,
        destinationWidth,
        transferSize,
        sourceIncrement: 1,
        destinationIncrement: 1,
      }),
    );
    write(Channel.Configuration, Channel.Configuration.encode(RUN));
    clock.spin(MS);
    expect(bytes(0x1000, 8)).toEqual(expected);
  });

  test("gives a peripheral what it asks for, when it asks", () => {
    const { machine, channel, peripheral, request, clock, io } = controller();
    machine.ram.write(RAM, Uint8Array.of(10, 11, 12, 13, 14));
    const { write } = channel(1);
    write(Channel.SrcAddr, RAM);
    write(Channel.DestAddr, PERIPHERAL);
    write(
      Channel.Control,
      Channel.Control.encode({ transferSize: 5, sourceBurst: "four", sourceIncrement: 1 }),
    );
    write(
      Channel.Configuration,
      Channel.Configuration.encode({ ...RUN, flowControl: "memoryToPeripheral", destinationPeripheral: 3 }),
    );
    clock.spin(MS);
    expect(peripheral.written).toEqual([]);
    request.set(2);
    clock.spin(50);
    request.set(0);
    clock.spin(MS);
    expect(peripheral.written).toEqual([
      [8, 10],
      [8, 11],
    ]);
    request.set(16);
    clock.spin(MS);
    expect(peripheral.written.map(([, value]) => value)).toEqual([10, 11, 12, 13, 14]);
    expect(io.read32(layout.EnbldChns.offset)).toBe(0);
  });

  test("takes from a peripheral when software asks for it", () => {
    const { channel, bytes, clock, io } = controller();
    const { write } = channel(1);
    write(Channel.SrcAddr, PERIPHERAL);
    write(Channel.DestAddr, RAM);
    write(
      Channel.Control,
      Channel.Control.encode({ transferSize: 6, sourceBurst: "four", destinationIncrement: 1 }),
    );
    write(
      Channel.Configuration,
      Channel.Configuration.encode({ ...RUN, flowControl: "peripheralToMemory", sourcePeripheral: 3 }),
    );
    io.write32(layout.SoftSReq.offset, 1 << 3);
    clock.spin(MS);
    expect(bytes(0, 6)).toEqual([0x80, 0, 0, 0, 0, 0]);
    io.write32(layout.SoftBReq.offset, 1 << 3);
    clock.spin(MS);
    expect(bytes(0, 6)).toEqual([0x80, 0x81, 0x82, 0x83, 0x84, 0]);
    expect([io.read32(layout.SoftSReq.offset), io.read32(layout.SoftBReq.offset)]).toEqual([0, 0]);
  });

  test.each([
    ["an address at which there is nothing", { source: 0x1000_0000 }, "nothing can be read at 0x10000000"],
    ["a misaligned address", { source: RAM + 2 }, "nothing can be read at 0x40000002"],
    ["a destination that is not there", { destination: 0x1000_0000 }, "nothing can be written at 0x10000000"],
    ["a list item that is not there", { next: 0x1000_0000 }, "no list item can be read at 0x10000000"],
    ["a reserved width", { control: { sourceWidth: 3 } }, "a width that is reserved"],
    ["flow control by a peripheral", { flow: 5 }, "flow control 5 by a peripheral is not modelled"],
  ] as const)("ends a channel in an error for %s", (_, wrong: Wrong, message) => {
    const { channel, io, clock, log, isInterrupting } = controller();
    const { write } = channel(7);
    write(Channel.SrcAddr, wrong.source ?? RAM);
    write(Channel.DestAddr, wrong.destination ?? RAM + 0x1000);
    write(Channel.Lli, wrong.next ?? 0);
    write(Channel.Control, Channel.Control.encode({ ...words, transferSize: 1, ...wrong.control }));
    write(Channel.Configuration, Channel.Configuration.encode({ ...RUN, flowControl: wrong.flow ?? 0 }));
    clock.spin(MS);
    expect(log).toEqual([`device error: channel 7: ${message}`]);
    expect(
      [layout.IntErrorStatus, layout.RawIntErrorStatus, layout.EnbldChns].map((r) => io.read32(r.offset)),
    ).toEqual([0x80, 0x80, 0]);
    expect(isInterrupting()).toBe(true);
    io.write32(layout.IntErrClr.offset, 0x80);
    expect(isInterrupting()).toBe(false);
  });

  interface Wrong {
    readonly source?: number;
    readonly destination?: number;
    readonly next?: number;
    readonly control?: { readonly sourceWidth: number };
    readonly flow?: number;
  }

  test("waits while it is switched off or the channel is halted", () => {
    const { machine, channel, bytes, io, clock } = controller();
    machine.ram.write(RAM, Uint8Array.of(1, 2, 3, 4));
    io.write32(layout.Configuration.offset, 0);
    const { write } = channel(0);
    write(Channel.SrcAddr, RAM);
    write(Channel.DestAddr, RAM + 0x1000);
    write(Channel.Control, Channel.Control.encode({ ...words, transferSize: 1 }));
    write(Channel.Configuration, Channel.Configuration.encode({ enable: 1, halt: 1 }));
    clock.spin(MS);
    io.write32(layout.Configuration.offset, 1);
    clock.spin(MS);
    expect(bytes(0x1000, 4)).toEqual([0, 0, 0, 0]);
    write(Channel.Configuration, Channel.Configuration.encode({ enable: 1 }));
    clock.spin(MS);
    expect(bytes(0x1000, 4)).toEqual([1, 2, 3, 4]);
  });

  test("says that it is a PL080", () => {
    const { io } = controller();
    expect([0xfe0, 0xfe4, 0xfe8, 0xfec].map((at) => io.read32(at))).toEqual([0x80, 0x10, 0x04, 0x0a]);
  });
});
