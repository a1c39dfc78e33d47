/**
 * The few calls of the C library that an address space of the host's MMU needs, through koffi, which is optional:
 * it is loaded when first asked for, and only on Linux.
 */

import { ZxError } from "../zx/error.ts";
import { hex } from "../zx/pages.ts";
import type { StatusName } from "../zx/status.ts";

/** Protections and flags of mmap, as Linux has them on every architecture that V8 runs on. */
export const PROT_NONE = 0;
export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const MAP_SHARED = 0x01;
export const MAP_PRIVATE = 0x02;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = 0x20;
export const MAP_NORESERVE = 0x4000;

/** Calls that fail throw a ZxError with the C library's own name for the error. */
export interface Libc {
  mmap(
    address: number,
    length: number,
    protection: number,
    flags: number,
    fd: number,
    offset: number,
  ): number;
  munmap(address: number, length: number): void;
  /** An anonymous file in memory, closed when a program is executed. */
  memfdCreate(name: string): number;
  ftruncate(fd: number, length: number): void;
  close(fd: number): void;
  /** Whether something (also without permissions) is mapped at a page of this process. */
  isMapped(address: number): boolean;
  /** Address of an array's first byte in this process. */
  addressOf(bytes: Uint8Array): number;
}

const MFD_CLOEXEC = 1;
const MS_ASYNC = 1;

let loading: Promise<Libc> | undefined;

/** The C library. NOT_SUPPORTED where there is no koffi or no Linux. */
export function loadLibc(): Promise<Libc> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Libc> {
  const platform = typeof process === "undefined" ? "a browser" : process.platform;
  if (platform !== "linux")
    throw new ZxError("NOT_SUPPORTED", `native memory needs Linux; this is ${platform}`);
  let koffi: typeof import("koffi").default;
  try {
    koffi = (await import("koffi")).default;
  } catch (cause) {
    throw new ZxError(
      "NOT_SUPPORTED",
      "native memory needs the optional package koffi, which is not installed",
      { cause },
    );
  }
  const library = koffi.load(null);
  // Addresses travel as 64-bit integers: user space ends below 2^47 (2^48 on arm64), so that they fit a number.
  const mmap = library.func(
    "int64_t mmap(int64_t address, size_t length, int prot, int flags, int fd, int64_t offset)",
  );
  const munmap = library.func("int munmap(int64_t address, size_t length)");
  const memfdCreate = library.func("int memfd_create(const char *name, unsigned int flags)");
  const ftruncate = library.func("int ftruncate(int fd, int64_t length)");
  const close = library.func("int close(int fd)");
  const msync = library.func("int msync(int64_t address, size_t length, int flags)");

  function fail(call: string): never {
    const errno = koffi.errno();
    const name = Object.entries(koffi.os.errno).find(([, code]) => code === errno)?.[0] ?? String(errno);
    throw new ZxError(STATUS_OF[name] ?? "IO", `${call}: ${name}`);
  }

  return {
    mmap(address, length, protection, flags, fd, offset) {
      const result: number = mmap(address, length, protection, flags, fd, offset);
      if (result === -1) {
        fail(
          `mmap(${hex(address)}, ${hex(length)}, prot ${protection}, flags ${hex(flags)}, fd ${fd}, ${hex(offset)})`,
        );
      }
      return result;
    },
    munmap(address, length) {
      if (munmap(address, length) !== 0) fail(`munmap(${hex(address)}, ${hex(length)})`);
    },
    memfdCreate(name) {
      const fd: number = memfdCreate(name, MFD_CLOEXEC);
      return fd < 0 ? fail(`memfd_create(${name})`) : fd;
    },
    ftruncate(fd, length) {
      if (ftruncate(fd, length) !== 0) fail(`ftruncate(${fd}, ${hex(length)})`);
    },
    close(fd) {
      if (close(fd) !== 0) fail(`close(${fd})`);
    },
    isMapped(address) {
      return msync(address, 1, MS_ASYNC) === 0;
    },
    addressOf(bytes) {
      return Number(koffi.address(bytes));
    },
  };
}

const STATUS_OF: Readonly<Record<string, StatusName>> = {
  ENOMEM: "NO_MEMORY",
  EMFILE: "NO_RESOURCES",
  ENFILE: "NO_RESOURCES",
  EINVAL: "INVALID_ARGS",
  EACCES: "ACCESS_DENIED",
  EPERM: "ACCESS_DENIED",
  EBADF: "BAD_HANDLE",
};
