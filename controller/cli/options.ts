/** Which cluster, as kubectl's options of the same names. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

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

export interface ManifestOptions extends ClusterOptions {
  readonly mode?: 'socket' | 'http';
  readonly url?: string;
  readonly privateChannels?: 'on' | 'off';
  readonly integration?: string;
  readonly name: string;
  readonly output: 'yaml' | 'json';
}
