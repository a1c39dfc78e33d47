import { afterEach, describe, expect, test, vi } from "vitest";
import { ACCESS_NS, VirtualClock } from "../../../src/machine/sim/clock.ts";

const SECOND = 1e9;
const at = (clock: VirtualClock, deadline: number) =>
  new Promise<number>((resolve) => clock.at(deadline, () => resolve(clock.now())));
const turnOfHost = () => new Promise<void>((resolve) => setImmediate(resolve));

afterEach(() => vi.unstubAllGlobals());

describe("a virtual clock", () => {
  test("starts at 0 and stands still by itself", async () => {
    const clock = new VirtualClock();
    for (let i = 0; i < 10; i++) await turnOfHost();
    expect(clock.now()).toBe(0);
  });

  test("jumps to the next deadline when everything waits, however far it is", async () => {
    const clock = new VirtualClock();
    expect(await at(clock, 3600 * SECOND)).toBe(3600 * SECOND);
  });

  test("calls in order of deadline, and in order of setting where they are equal", async () => {
    const clock = new VirtualClock();
    const called: string[] = [];
    for (const [deadline, name] of [
      [300, "d"],
      [100, "a"],
      [200, "b"],
      [200, "c"],
    ] as const) {
      clock.at(deadline, () => called.push(`${name}@${clock.now()}`));
    }
    await at(clock, 400);
    expect(called).toEqual(["a@100", "b@200", "c@200", "d@300"]);
  });

  test("does not jump while somebody holds it, and does when the last one has let go", async () => {
    const clock = new VirtualClock();
    const releases = [clock.hold(), clock.hold()];
    let reached = -1;
    clock.at(SECOND, () => {
      reached = clock.now();
    });
    for (let i = 0; i < 10; i++) await turnOfHost();
    expect(reached).toBe(-1);
    // Letting go twice is letting go once.
    releases[0]!();
    releases[0]!();
    for (let i = 0; i < 10; i++) await turnOfHost();
    expect(reached).toBe(-1);
    releases[1]!();
    for (let i = 0; i < 10; i++) await turnOfHost();
    expect(reached).toBe(SECOND);
  });

  test("goes on by accesses while it is held, and calls what they make due", async () => {
    const clock = new VirtualClock();
    clock.hold();
    let reached = -1;
    clock.at(2 * ACCESS_NS, () => {
      reached = clock.now();
    });
    clock.access();
    expect(reached).toBe(-1);
    clock.access();
    expect(reached).toBe(2 * ACCESS_NS);
  });

  test("does not jump while promises are still being settled", async () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    const timer = at(clock, SECOND);
    for (let i = 0; i < 1000; i++) {
      await undefined;
      times.push(clock.now());
    }
    expect(new Set(times)).toEqual(new Set([0]));
    expect(await timer).toBe(SECOND);
  });

  test("does not jump while tasks of the host access devices or set timers", async () => {
    const clock = new VirtualClock();
    let fired = false;
    clock.at(SECOND, () => {
      fired = true;
    });
    for (let i = 0; i < 50; i++) {
      await turnOfHost();
      clock.access();
      await turnOfHost();
      clock.at(2 * SECOND, () => {})();
    }
    expect(fired).toBe(false);
    expect(clock.now()).toBe(50 * ACCESS_NS);
  });

  test("lets a callback's promises run before it jumps again", async () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    const sleeper = async () => {
      for (let i = 1; i <= 3; i++) {
        await at(clock, i * 100);
        await turnOfHost();
        seen.push(clock.now());
      }
    };
    const far = at(clock, SECOND);
    await sleeper();
    await far;
    expect(seen).toEqual([100, 200, 300]);
  });

  test("charges each access, and fires what falls due inside a loop that polls", () => {
    const clock = new VirtualClock();
    let done = false;
    clock.at(10 * ACCESS_NS, () => {
      done = true;
    });
    let polls = 0;
    while (!done) {
      clock.access();
      polls++;
    }
    expect(polls).toBe(10);
    expect(clock.now()).toBe(10 * ACCESS_NS);
  });

  test("spins: time passes at once, and each callback sees its own deadline", () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    clock.at(50, () => {
      seen.push(clock.now());
      clock.at(70, () => seen.push(clock.now()));
    });
    clock.at(200, () => seen.push(clock.now()));
    clock.spin(100);
    expect(seen).toEqual([50, 70]);
    expect(clock.now()).toBe(100);
    clock.spin(100);
    expect(seen).toEqual([50, 70, 200]);
  });

  test("goes on although a callback sets itself again for now, for ever", async () => {
    const clock = new VirtualClock();
    let calls = 0;
    const again = () => {
      calls++;
      clock.at(clock.now(), again);
    };
    clock.at(0, again);
    clock.spin(1000);
    expect(calls).toBe(1001);
    await at(clock, 1010);
    expect(clock.now()).toBeGreaterThanOrEqual(1010);
    clock.close();
  });

  test("calls for a deadline that has passed, but not from inside `at`", async () => {
    const clock = new VirtualClock();
    clock.spin(500);
    let called = false;
    clock.at(100, () => {
      called = true;
    });
    expect(called).toBe(false);
    clock.access();
    expect(called).toBe(true);
  });

  test("forgets what is cancelled, also from inside another callback", async () => {
    const clock = new VirtualClock();
    const called: string[] = [];
    const cancel = clock.at(100, () => called.push("cancelled"));
    clock.at(50, () => {
      called.push("first");
      cancel();
    });
    const cancelSecond = clock.at(120, () => called.push("never"));
    cancelSecond();
    cancelSecond();
    await at(clock, 200);
    expect(called).toEqual(["first"]);
  });

  test("asks nothing of the host when nothing waits for a time that comes", async () => {
    const clock = new VirtualClock();
    const asked = vi.fn();
    vi.stubGlobal("setImmediate", asked);
    const idle = new VirtualClock();
    idle.at(Number.POSITIVE_INFINITY, () => {});
    idle.at(1e300, () => {});
    expect(asked).not.toHaveBeenCalled();
    vi.unstubAllGlobals();
    clock.at(100, () => {})();
    await turnOfHost();
    await turnOfHost();
    expect(clock.now()).toBe(0);
  });

  test("uses a MessageChannel where there is no setImmediate, as in a browser", async () => {
    const later = setImmediate;
    let posted = 0;
    class Channel {
      readonly port1: { onmessage: (() => void) | undefined } = { onmessage: undefined };
      readonly port2 = {
        postMessage: () => {
          posted++;
          later(() => this.port1.onmessage?.());
        },
      };
    }
    vi.stubGlobal("setImmediate", undefined);
    vi.stubGlobal("MessageChannel", Channel);
    const clock = new VirtualClock();
    expect(await at(clock, SECOND)).toBe(SECOND);
    expect(posted).toBeGreaterThan(0);
  });

  test("takes no more timers once it is closed", async () => {
    const clock = new VirtualClock();
    const called = vi.fn();
    clock.at(100, called);
    clock.close();
    clock.at(100, called);
    clock.spin(1000);
    await turnOfHost();
    expect(called).not.toHaveBeenCalled();
    expect(clock.now()).toBe(1000);
  });

  test.each([Number.NaN, undefined, "soon", 1n])(
    "refuses %s as a deadline and as a time to spin",
    (garbage) => {
      const clock = new VirtualClock();
      expect(() => clock.at(garbage as number, () => {})).toThrow(/^INVALID_ARGS/);
      expect(() => clock.spin(garbage as number)).toThrow(/^INVALID_ARGS/);
      expect(() => clock.spin(-1)).toThrow(/^INVALID_ARGS/);
    },
  );

  test("stays in order when a callback throws", async () => {
    const clock = new VirtualClock();
    const called: string[] = [];
    clock.at(100, () => {
      throw new Error("no");
    });
    clock.at(100, () => called.push("next"));
    expect(() => clock.spin(100)).toThrow("no");
    clock.spin(1);
    expect(called).toEqual(["next"]);
  });
});
