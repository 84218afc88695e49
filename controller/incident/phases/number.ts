import type { ProductEffect } from '../../capabilities/capabilities.ts';
import type { Phase } from '../../runtime/phase.ts';
import { priorityOf, type IncidentScope } from '../scope.ts';

/** Every incident has a number, with or without any integration. */
export const number: Phase<IncidentScope, ProductEffect> = {
  condition: 'Numbered',
  plan: ({ incident }) => ({
    effects: [{ key: 'number', kind: 'number', desired: {}, priority: priorityOf(incident) }],
  }),
};
