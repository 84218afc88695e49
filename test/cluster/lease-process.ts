import { systemClock } from '../../controller/runtime/clock.ts';
import { KubeClient } from '../../controller/runtime/kube.ts';
import { leaseIn } from '../../controller/runtime/lease-record.ts';
import { Leader } from '../../controller/runtime/lease.ts';

/** What this process is told, as JSON in its first argument. */
export interface LeaseProcessOptions {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly leaseDuration: number;
  readonly renewDeadline: number;
  readonly retryPeriod: number;
}

/**
 * One line of JSON on stdout each. `waiting`: it has seen that another one holds the Lease. `write` stands for a call to the outside, and has the time just before the fence was
 * asked: a process can be stopped right after it, and no fence on this side of the wire can help that.
 */
export interface LeaseProcessEvent {
  readonly what: 'waiting' | 'started' | 'lost' | 'stopped' | 'write';
  /** Wall clock: all processes of a test share it. */
  readonly at: number;
}

const { server, ca, token, namespace, name, ...times }: LeaseProcessOptions = JSON.parse(process.argv[2] ?? '');
const tell = (what: LeaseProcessEvent['what'], at = Date.now()): void => {
  process.stdout.write(`${JSON.stringify({ what, at })}\n`);
};
const credentials = async () => ({ headers: { authorization: `Bearer ${token}` }, tls: { ca } });
const leader = new Leader({
  store: leaseIn(new KubeClient({ endpoint: { server, namespace, credentials } }), namespace, name),
  clock: systemClock,
  ...times,
  onStarted: () => tell('started'),
  onStopped: (why) => {
    tell(why);
    // A product's process ends here; this one goes on to show that the fence alone holds.
  },
});
leader.start();
let waiting = false;
setInterval(() => {
  if (!waiting && !leader.leading() && leader.holder() !== undefined) {
    waiting = true;
    tell('waiting');
  }
  const at = Date.now();
  if (leader.leading()) tell('write', at);
}, 5);
process.once('SIGTERM', () => void leader.stop({ release: true }).then(() => process.exit(0)));
