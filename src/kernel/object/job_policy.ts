import { JobPolicyAction, JobPolicyCondition, JobPolicyOption } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { JobPolicy } from "../../zx/syscalls.ts";

const CONDITIONS = new Set<number>(Object.values(JobPolicyCondition));
const ACTIONS = new Set<number>(Object.values(JobPolicyAction));
const NEW_OBJECTS = [
  JobPolicyCondition.NEW_VMO,
  JobPolicyCondition.NEW_CHANNEL,
  JobPolicyCondition.NEW_EVENT,
  JobPolicyCondition.NEW_EVENTPAIR,
  JobPolicyCondition.NEW_PORT,
  JobPolicyCondition.NEW_PROCESS,
] as const;

/** `"NEW_VMO"` for 4. */
export function conditionName(condition: number): string {
  return (
    Object.entries(JobPolicyCondition).find(([, value]) => value === condition)?.[0] ?? String(condition)
  );
}

/** What the processes of a job may do: whatever no rule of the job or of one above it says otherwise. */
export class PolicyRules {
  readonly #actions: ReadonlyMap<number, number>;

  constructor(actions: ReadonlyMap<number, number> = new Map()) {
    this.#actions = actions;
  }

  action(condition: number): number {
    return this.#actions.get(condition) ?? JobPolicyAction.ALLOW;
  }

  /**
   * These rules and more. A condition that has a rule keeps it: RELATIVE passes over it, ABSOLUTE fails with
   * ALREADY_EXISTS unless it is the same. INVALID_ARGS for a rule that does not exist.
   */
  add(option: number, policies: readonly JobPolicy[]): PolicyRules {
    if (
      policies.length === 0 ||
      (option !== JobPolicyOption.RELATIVE && option !== JobPolicyOption.ABSOLUTE)
    ) {
      throw new ZxError("INVALID_ARGS", `job_set_policy: option ${option} with ${policies.length} policies`);
    }
    const actions = new Map(this.#actions);
    for (const { condition, action } of policies) {
      if (!CONDITIONS.has(condition) || !ACTIONS.has(action)) {
        throw new ZxError("INVALID_ARGS", `job_set_policy: condition ${condition}, action ${action}`);
      }
      const targets = condition === JobPolicyCondition.NEW_ANY ? NEW_OBJECTS : [condition];
      for (const target of targets) {
        const before = this.#actions.get(target);
        if (before === undefined) actions.set(target, action);
        else if (option === JobPolicyOption.ABSOLUTE && before !== action) {
          throw new ZxError(
            "ALREADY_EXISTS",
            `job_set_policy: ${conditionName(target)} has action ${before} already`,
          );
        }
      }
    }
    return new PolicyRules(actions);
  }
}
