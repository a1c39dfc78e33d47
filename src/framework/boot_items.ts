/** What the boot loader has left, of a machine that has none: `fuchsia.boot/Items`, for the drivers of boards. */
import type { ItemsServer } from "../fidl/fuchsia.boot.ts";
import type { BoardInfo } from "../machine/machine.ts";
import { roundUp } from "../zx/pages.ts";
import type { Zx } from "../zx/syscalls.ts";

/** Types of items (`zbi.h`). */
const PLATFORM_ID = 0x4449_4c50;
const DEVICETREE = 0xd00d_feed;

/** zbi_platform_id_t: vid and pid, both generic, and a name with a NUL at its end. */
const PLATFORM_ID_SIZE = 40;
const PLATFORM_ID_NAME = 8;

/** A device tree, if firmware left one, and what the board is called. */
export function bootItems(zx: Zx, board: BoardInfo): ItemsServer {
  const items = new Map([[PLATFORM_ID, platformId(board)]]);
  if (board.deviceTree !== undefined) items.set(DEVICETREE, board.deviceTree);
  return {
    get(type) {
      const item = items.get(type);
      if (item === undefined) return { payload: undefined, length: 0 };
      const payload = zx.vmoCreate(roundUp(item.length), 0);
      zx.vmoWrite(payload, item, 0);
      return { payload, length: item.length };
    },
  };
}

function platformId({ compatible: [name = ""] }: BoardInfo): Uint8Array {
  const item = new Uint8Array(PLATFORM_ID_SIZE);
  new TextEncoder().encodeInto(name, item.subarray(PLATFORM_ID_NAME, -1));
  return item;
}
