;; The accesses of lib/mmio on memory that the host's MMU maps: this project's inline assembly.
;;
;; A JavaScript engine may drop, merge or repeat a load of a typed array. It may do none of this to a WebAssembly load or
;; store, for each may trap; and the width of an access is that of its instruction. So every register access is a call of
;; a function here that holds exactly one load or store.
;;
;; - Plain accesses, never atomic ones: the engine turns the fault of a plain access on a page without permission into a
;;   trap that JavaScript catches; an atomic one would end the process.
;; - Every store is followed by a full barrier, as in Fuchsia's lib/mmio, so that a doorbell comes after the descriptors
;;   that it announces. A transfer of many elements has one barrier, at its end.
;; - 64 bits cross to JavaScript as two 32-bit halves, made of one load or store: the low one is the result or the first
;;   argument, the high one waits in a global for `high`.
(module
  (import "zirconia" "memory" (memory 1 65536 shared))

  (global $high (mut i32) (i32.const 0))
  ;; Elements that the last transfer has moved: tells after a trap where it stands.
  (global $moved (mut i32) (i32.const 0))

  (func (export "high") (result i32) (global.get $high))
  (func (export "moved") (result i32) (global.get $moved))

  ;; One load.

  (func (export "read8") (param $address i32) (result i32)
    (i32.load8_u (local.get $address)))

  (func (export "read16") (param $address i32) (result i32)
    (i32.load16_u (local.get $address)))

  (func (export "read32") (param $address i32) (result i32)
    (i32.load (local.get $address)))

  (func $read64 (export "read64") (param $address i32) (result i32)
    (local $value i64)
    (local.set $value (i64.load (local.get $address)))
    (global.set $high (i32.wrap_i64 (i64.shr_u (local.get $value) (i64.const 32))))
    (i32.wrap_i64 (local.get $value)))

  ;; One store and a barrier.

  (func (export "write8") (param $address i32) (param $value i32)
    (i32.store8 (local.get $address) (local.get $value))
    (atomic.fence))

  (func (export "write16") (param $address i32) (param $value i32)
    (i32.store16 (local.get $address) (local.get $value))
    (atomic.fence))

  (func (export "write32") (param $address i32) (param $value i32)
    (i32.store (local.get $address) (local.get $value))
    (atomic.fence))

  (func (export "write64") (param $address i32) (param $low i32) (param $high i32)
    (i64.store (local.get $address) (call $join (local.get $low) (local.get $high)))
    (atomic.fence))

  (func $join (param $low i32) (param $high i32) (result i64)
    (i64.or
      (i64.extend_i32_u (local.get $low))
      (i64.shl (i64.extend_i32_u (local.get $high)) (i64.const 32))))

  ;; `count` elements, one load and one store each. A step of 0 on one side makes that side one register (a FIFO); steps
  ;; of the element's size on both make a copy.

  (func (export "move8")
    (param $to i32) (param $toStep i32) (param $from i32) (param $fromStep i32) (param $count i32)
    (global.set $moved (i32.const 0))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (global.get $moved) (local.get $count)))
        (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
        (local.set $to (i32.add (local.get $to) (local.get $toStep)))
        (local.set $from (i32.add (local.get $from) (local.get $fromStep)))
        (global.set $moved (i32.add (global.get $moved) (i32.const 1)))
        (br $next)))
    (atomic.fence))

  (func (export "move16")
    (param $to i32) (param $toStep i32) (param $from i32) (param $fromStep i32) (param $count i32)
    (global.set $moved (i32.const 0))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (global.get $moved) (local.get $count)))
        (i32.store16 (local.get $to) (i32.load16_u (local.get $from)))
        (local.set $to (i32.add (local.get $to) (local.get $toStep)))
        (local.set $from (i32.add (local.get $from) (local.get $fromStep)))
        (global.set $moved (i32.add (global.get $moved) (i32.const 1)))
        (br $next)))
    (atomic.fence))

  (func (export "move32")
    (param $to i32) (param $toStep i32) (param $from i32) (param $fromStep i32) (param $count i32)
    (global.set $moved (i32.const 0))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (global.get $moved) (local.get $count)))
        (i32.store (local.get $to) (i32.load (local.get $from)))
        (local.set $to (i32.add (local.get $to) (local.get $toStep)))
        (local.set $from (i32.add (local.get $from) (local.get $fromStep)))
        (global.set $moved (i32.add (global.get $moved) (i32.const 1)))
        (br $next)))
    (atomic.fence))

  (func (export "move64")
    (param $to i32) (param $toStep i32) (param $from i32) (param $fromStep i32) (param $count i32)
    (global.set $moved (i32.const 0))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (global.get $moved) (local.get $count)))
        (i64.store (local.get $to) (i64.load (local.get $from)))
        (local.set $to (i32.add (local.get $to) (local.get $toStep)))
        (local.set $from (i32.add (local.get $from) (local.get $fromStep)))
        (global.set $moved (i32.add (global.get $moved) (i32.const 1)))
        (br $next)))
    (atomic.fence))

  ;; Loads until (value & mask) == expected, at least once and at most `bound` times. Returns the last value loaded.

  (func (export "poll8")
    (param $address i32) (param $mask i32) (param $expected i32) (param $bound i32) (result i32)
    (local $value i32)
    (loop $again
      (local.set $value (i32.load8_u (local.get $address)))
      (local.set $bound (i32.sub (local.get $bound) (i32.const 1)))
      (br_if $again
        (i32.and
          (i32.ne (i32.and (local.get $value) (local.get $mask)) (local.get $expected))
          (i32.gt_s (local.get $bound) (i32.const 0)))))
    (local.get $value))

  (func (export "poll16")
    (param $address i32) (param $mask i32) (param $expected i32) (param $bound i32) (result i32)
    (local $value i32)
    (loop $again
      (local.set $value (i32.load16_u (local.get $address)))
      (local.set $bound (i32.sub (local.get $bound) (i32.const 1)))
      (br_if $again
        (i32.and
          (i32.ne (i32.and (local.get $value) (local.get $mask)) (local.get $expected))
          (i32.gt_s (local.get $bound) (i32.const 0)))))
    (local.get $value))

  (func (export "poll32")
    (param $address i32) (param $mask i32) (param $expected i32) (param $bound i32) (result i32)
    (local $value i32)
    (loop $again
      (local.set $value (i32.load (local.get $address)))
      (local.set $bound (i32.sub (local.get $bound) (i32.const 1)))
      (br_if $again
        (i32.and
          (i32.ne (i32.and (local.get $value) (local.get $mask)) (local.get $expected))
          (i32.gt_s (local.get $bound) (i32.const 0)))))
    (local.get $value))

  (func (export "poll64")
    (param $address i32)
    (param $maskLow i32) (param $maskHigh i32) (param $expectedLow i32) (param $expectedHigh i32)
    (param $bound i32) (result i32)
    (local $value i64) (local $mask i64) (local $expected i64)
    (local.set $mask (call $join (local.get $maskLow) (local.get $maskHigh)))
    (local.set $expected (call $join (local.get $expectedLow) (local.get $expectedHigh)))
    (loop $again
      (local.set $value (i64.load (local.get $address)))
      (local.set $bound (i32.sub (local.get $bound) (i32.const 1)))
      (br_if $again
        (i32.and
          (i64.ne (i64.and (local.get $value) (local.get $mask)) (local.get $expected))
          (i32.gt_s (local.get $bound) (i32.const 0)))))
    (global.set $high (i32.wrap_i64 (i64.shr_u (local.get $value) (i64.const 32))))
    (i32.wrap_i64 (local.get $value)))
)
