import type { Integration } from '../../api/integration.gen.ts';
import { type Reach } from '../../capabilities/reach.ts';
import { isKind } from '../../capabilities/capabilities.ts';
import { inReach, vendorLacks } from '../../integrations/choose.ts';
import { lackOf, wasInteractive } from '../../integrations/connections.ts';
import { reachIn } from '../../integrations/reach.ts';
import { bind } from '../../integrations/registry.ts';
import type { Connection } from '../../integrations/kit/vendor.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Port } from '../../runtime/effect.ts';
import type { PortLookup } from '../../runtime/execution.ts';
import { placeholderOf } from './pretend.ts';

/** What the Integrations could do. They are built without secrets and never asked for anything. */
export interface PlannedReach {
  readonly of: (namespace: string) => Reach;
  readonly port: (namespace: string, kind: string, integration: string | undefined) => PortLookup;
  readonly close: () => void;
}

/** The cluster itself gives numbers; nothing is asked of it here. */
const numberPort: Port = {
  recover: 'resend',
  create: () => Promise.reject(new Error('a plan does nothing')),
};

export function plannedReach(integrations: readonly Integration[], releaseNamespace: string): PlannedReach {
  const connections = new Map<Integration, Connection>();
  for (const integration of integrations) {
    const bound = bind(integration);
    if (!bound) continue;
    // Which credentials there are changes nothing of what a vendor can do.
    const secrets = Object.fromEntries((bound.secretKeys[0] ?? []).map((key) => [key, '-']));
    const context = { clock: systemClock, install: '-', log() {} };
    connections.set(integration, bound.connect(secrets, context));
  }
  const able = (namespace: string) => inReach(integrations, releaseNamespace, namespace);
  const port = (namespace: string, name: string, kind: string): PortLookup => {
    const integration = able(namespace).find(({ metadata }) => metadata.name === name);
    const capabilities = integration && connections.get(integration)?.capabilities;
    const found: Port | undefined = isKind(kind) ? capabilities?.[kind] : undefined;
    return found
      ? { port: found, epoch: '' }
      : { epoch: '', reason: 'IntegrationGone', message: `No Integration ${name} in reach does ${kind}.` };
  };
  const known: Parameters<typeof reachIn>[0] = {
    inReach: able,
    lost(namespace, name, kind) {
      const found = port(namespace, name, kind);
      return found.port ? undefined : found.message;
    },
    // What its server lacks besides is not known before it was asked.
    lacks(namespace, name, kind) {
      const integration = able(namespace).find(({ metadata }) => metadata.name === name);
      return integration && vendorLacks(integration, kind) ? lackOf(name, kind) : undefined;
    },
    interactive: (namespace, name) => wasInteractive(able(namespace).find(({ metadata }) => metadata.name === name)),
    link: (namespace, { integration, kind, ref }) =>
      integration && ref ? port(namespace, integration, kind).port?.link?.(ref) : undefined,
  };
  return {
    of(namespace) {
      const reach = reachIn(known, namespace);
      return { ...reach, link: (entry) => placeholderOf(entry) ?? reach.link(entry) };
    },
    port: (namespace, kind, integration) =>
      integration === undefined ? { port: numberPort, epoch: '' } : port(namespace, integration, kind),
    close() {
      for (const connection of connections.values()) connection.close();
    },
  };
}
