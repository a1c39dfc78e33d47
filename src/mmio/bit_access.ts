/** Masks and bit fields, made of single accesses: one read, and one write where something changes. */
import { bigArgument, bitRange, numberArgument } from "./arguments.ts";

export abstract class BitAccess {
  abstract read8(offset: number): number;
  abstract read16(offset: number): number;
  abstract read32(offset: number): number;
  abstract read64(offset: number): bigint;
  abstract write8(offset: number, value: number): void;
  abstract write16(offset: number, value: number): void;
  abstract write32(offset: number, value: number): void;
  abstract write64(offset: number, value: bigint): void;

  readMasked8(offset: number, mask: number): number {
    const bits = numberArgument("mask", mask, 8);
    return this.read8(offset) & bits;
  }

  readMasked16(offset: number, mask: number): number {
    const bits = numberArgument("mask", mask, 16);
    return this.read16(offset) & bits;
  }

  readMasked32(offset: number, mask: number): number {
    const bits = numberArgument("mask", mask, 32);
    return (this.read32(offset) & bits) >>> 0;
  }

  readMasked64(offset: number, mask: bigint): bigint {
    const bits = bigArgument("mask", mask);
    return this.read64(offset) & bits;
  }

  modifyBits8(offset: number, mask: number, value: number): void {
    const bits = numberArgument("mask", mask, 8);
    const put = numberArgument("value", value, 8) & bits;
    this.write8(offset, (this.read8(offset) & ~bits) | put);
  }

  modifyBits16(offset: number, mask: number, value: number): void {
    const bits = numberArgument("mask", mask, 16);
    const put = numberArgument("value", value, 16) & bits;
    this.write16(offset, (this.read16(offset) & ~bits) | put);
  }

  modifyBits32(offset: number, mask: number, value: number): void {
    const bits = numberArgument("mask", mask, 32);
    const put = numberArgument("value", value, 32) & bits;
    this.write32(offset, (this.read32(offset) & ~bits) | put);
  }

  modifyBits64(offset: number, mask: bigint, value: bigint): void {
    const bits = bigArgument("mask", mask);
    const put = bigArgument("value", value) & bits;
    this.write64(offset, (this.read64(offset) & ~bits) | put);
  }

  setBits8(offset: number, mask: number): void {
    this.modifyBits8(offset, mask, 0xff);
  }

  clearBits8(offset: number, mask: number): void {
    this.modifyBits8(offset, mask, 0);
  }

  setBits16(offset: number, mask: number): void {
    this.modifyBits16(offset, mask, 0xffff);
  }

  clearBits16(offset: number, mask: number): void {
    this.modifyBits16(offset, mask, 0);
  }

  setBits32(offset: number, mask: number): void {
    this.modifyBits32(offset, mask, 0xffff_ffff);
  }

  clearBits32(offset: number, mask: number): void {
    this.modifyBits32(offset, mask, 0);
  }

  setBits64(offset: number, mask: bigint): void {
    this.modifyBits64(offset, mask, 0xffff_ffff_ffff_ffffn);
  }

  clearBits64(offset: number, mask: bigint): void {
    this.modifyBits64(offset, mask, 0n);
  }

  getBits8(offset: number, hi: number, lo: number): number {
    const ones = bitRange(hi, lo, 8);
    return ((this.read8(offset) >>> lo) & ones) >>> 0;
  }

  putBits8(offset: number, hi: number, lo: number, value: number): void {
    const ones = bitRange(hi, lo, 8);
    const put = numberArgument("value", value, hi - lo + 1) << lo;
    this.write8(offset, (this.read8(offset) & ~(ones << lo)) | put);
  }

  getBits16(offset: number, hi: number, lo: number): number {
    const ones = bitRange(hi, lo, 16);
    return ((this.read16(offset) >>> lo) & ones) >>> 0;
  }

  putBits16(offset: number, hi: number, lo: number, value: number): void {
    const ones = bitRange(hi, lo, 16);
    const put = numberArgument("value", value, hi - lo + 1) << lo;
    this.write16(offset, (this.read16(offset) & ~(ones << lo)) | put);
  }

  getBits32(offset: number, hi: number, lo: number): number {
    const ones = bitRange(hi, lo, 32);
    return ((this.read32(offset) >>> lo) & ones) >>> 0;
  }

  putBits32(offset: number, hi: number, lo: number, value: number): void {
    const ones = bitRange(hi, lo, 32);
    const put = numberArgument("value", value, hi - lo + 1) << lo;
    this.write32(offset, (this.read32(offset) & ~(ones << lo)) | put);
  }

  getBits64(offset: number, hi: number, lo: number): bigint {
    bitRange(hi, lo, 64);
    return BigInt.asUintN(hi - lo + 1, this.read64(offset) >> BigInt(lo));
  }

  putBits64(offset: number, hi: number, lo: number, value: bigint): void {
    bitRange(hi, lo, 64);
    const put = bigArgument("value", value, hi - lo + 1) << BigInt(lo);
    const mask = BigInt.asUintN(hi - lo + 1, -1n) << BigInt(lo);
    this.write64(offset, (this.read64(offset) & ~mask) | put);
  }
}
