import type { Integration } from '../api/integration.gen.ts';
import type { Noun } from '../document/words.ts';
import type { Kind } from '../capabilities/capabilities.ts';
import { bind, vendors } from './registry.ts';

/** Where the vendor has no word of its own. */
const usual: Partial<Readonly<Record<Kind, string>>> = { ticket: 'ticket', review: 'review' };

/**
 * By the vendors of these Integrations. Of one that is gone: the only vendor that does such things, else the Integration's
 * own name.
 */
export function nounsOf(integrations: readonly Integration[]): Noun {
  return (kind, name) => {
    const integration = integrations.find(({ metadata }) => metadata.name === name);
    const vendor = (integration && bind(integration))?.vendor ?? onlyVendor(kind);
    const noun = vendor?.nouns?.[kind] ?? usual[kind] ?? kind;
    const maker = vendor?.title ?? name;
    return maker === undefined ? noun : `${maker} ${noun}`;
  };
}

function onlyVendor(kind: Kind) {
  const [only, ...others] = vendors.filter(({ can }) => can.ports.includes(kind));
  return others.length === 0 ? only : undefined;
}
