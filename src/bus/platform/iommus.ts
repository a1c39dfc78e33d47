import type { Iommu } from "../../fidl/fuchsia.hardware.platform.bus.ts";
import type { Handle } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { Rights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";

const DUMMY = 0;

/** The IOMMUs that board drivers refer to by number, and the bus transaction initiators behind each. */
export class Iommus {
  readonly #zx: Zx;
  readonly #system: Handle;
  /** Those that were registered here are ours to close, number 0 is not. */
  readonly #iommus: Map<number, Handle>;
  /** One object for each initiator, whoever asks: what one driver has left pinned is in its quarantine for the next. */
  readonly #btis = new Map<string, Handle>();

  /** `stub` is number 0, which leaves addresses as they are. It stays the caller's, as does `system`. */
  constructor(zx: Zx, stub: Handle, system: Handle) {
    this.#zx = zx;
    this.#system = system;
    this.#iommus = new Map([[0, stub]]);
  }

  /** ALREADY_EXISTS for a number that is taken; NOT_SUPPORTED for one that the kernel cannot drive. */
  register(id: number, iommu: Iommu): void {
    if (this.#iommus.has(id)) throw new ZxError("ALREADY_EXISTS", `there is an IOMMU ${id} already`);
    if (iommu.kind !== "stubIommu")
      throw new ZxError("NOT_SUPPORTED", `IOMMU ${id}: the kernel drives none of this kind (${iommu.kind})`);
    this.#iommus.set(id, this.#zx.iommuCreate(this.#system, DUMMY));
  }

  /** A new handle to an initiator. `device`: who is asking first, for its name. NOT_FOUND where nobody has registered the IOMMU. */
  getBti(iommuId: number, btiId: number, device: string): Handle {
    const key = `${iommuId}:${btiId}`;
    let bti = this.#btis.get(key);
    if (bti === undefined) {
      const iommu = this.#iommus.get(iommuId);
      if (iommu === undefined) {
        const known = [...this.#iommus.keys()].join(", ");
        throw new ZxError("NOT_FOUND", `${device}: there is no IOMMU ${iommuId} (there are: ${known})`);
      }
      bti = this.#zx.btiCreate(iommu, 0, btiId);
      this.#zx.objectSetName(bti, `${device.slice(0, MOST_OF_NAME)}.pbus[${key}]`);
      this.#btis.set(key, bti);
    }
    return this.#zx.handleDuplicate(bti, Rights.SAME_RIGHTS);
  }

  /** Lets go of everything. */
  close(): void {
    for (const bti of this.#btis.values()) this.#zx.handleClose(bti);
    this.#btis.clear();
    for (const [id, iommu] of this.#iommus) if (id !== 0) this.#zx.handleClose(iommu);
    this.#iommus.clear();
  }
}

/** An object's name has 31 bytes. */
const MOST_OF_NAME = 12;
