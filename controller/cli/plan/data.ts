import { conditionsOf, subjectOf, type Titled } from './print.ts';

/** The plan for programs: the same lines, unaligned, and those that stay as they are too. */
export function planAsData(plans: readonly Titled[], offline: boolean): object {
  return {
    offline,
    incidents: plans.map(({ plan, isNew, notes }) => ({
      namespace: plan.incident.metadata.namespace,
      name: plan.incident.metadata.name,
      new: isNew,
      ...(plan.policy.name === undefined ? {} : { policy: plan.policy.name }),
      notes,
      conditions: conditionsOf(plan),
      updates: plan.updates.map((each) => ({
        new: each.fresh,
        type: each.update.spec.type,
        subject: subjectOf(each.update, plan),
        conditions: conditionsOf(each),
      })),
    })),
  };
}
