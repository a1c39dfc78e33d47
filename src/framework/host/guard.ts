/** Page faults of a server: what an exception is to a process. */
import { pageFaultOf } from "../../zx/error.ts";

/**
 * The same server; `faulted` hears of a page fault that a method of it does not catch, before whoever called the method does. Other
 * errors are the caller's affair alone: they are answers, or bugs that end one connection.
 */
export function guarded(implementation: unknown, faulted: (error: unknown) => void): unknown {
  if (typeof implementation !== "object" || implementation === null) return implementation;
  const methods = new Map<PropertyKey, unknown>();
  return new Proxy(implementation, {
    get(server, key) {
      const known = methods.get(key);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(server, key, server);
      if (typeof value !== "function") return value;
      const method = guardedMethod(server, value as Method, faulted);
      methods.set(key, method);
      return method;
    },
  });
}

type Method = (...args: unknown[]) => unknown;

function guardedMethod(server: object, method: Method, faulted: (error: unknown) => void): Method {
  const check = (error: unknown): never => {
    if (pageFaultOf(error) !== undefined) faulted(error);
    throw error;
  };
  return (...args) => {
    try {
      const answer = method.apply(server, args);
      return answer instanceof Promise ? answer.catch(check) : answer;
    } catch (error) {
      return check(error);
    }
  };
}
