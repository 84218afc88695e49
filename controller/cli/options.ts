import type { ClusterOptions } from '../integrations/kit/commands.ts';

export interface ValidateOptions extends ClusterOptions {
  readonly server?: true;
}

export interface PlanOptions extends ClusterOptions {
  readonly policy?: readonly string[];
  readonly offline?: true;
  readonly output: 'text' | 'json';
}

export interface ExplainOptions extends ClusterOptions {
  readonly allNamespaces?: true;
  readonly output: 'text' | 'json';
}

export interface DoctorOptions extends ClusterOptions {
  readonly allNamespaces?: true;
  readonly output: 'text' | 'json';
}
