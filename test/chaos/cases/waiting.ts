/** What testing.md asks for and nothing here can show yet. */
export interface Waiting {
  readonly perturbation: string;
  readonly what: string;
  /** What has to exist first. */
  readonly until: string;
}

export const waiting: readonly Waiting[] = [
  { perturbation: 'P8', what: 'etcd killed and started again', until: 'a cluster that can restart its etcd alone' },
  { perturbation: 'P18', what: '50,000 alerts in a minute', until: 'alert receivers' },
  { perturbation: 'P17', what: 'a template that throws', until: 'templates that run expressions' },
];
