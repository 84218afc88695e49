// Writes controller/api/*.gen.ts from crds/*.yaml; from the folders of controller/integrations/ that hold an
// options.yaml, the options in crds/integrations.yaml and the lists of vendors, their commands and their reasons;
// docs/reasons.md from controller/reasons/; the table of folders in CONTRIBUTING.md. Run: node tools/generate.ts; with
// --check it writes nothing and fails if a file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit } from 'node:process';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { crdOf, readCrdFiles, type Crd, type Schema } from '../controller/api/schema.ts';
import { contributingPage } from './generate-folders.ts';
import { reasonsPage, vendorReasons } from './generate-reasons.ts';
import { enumNames, typeNames } from './generate-names.ts';
import { vendorNames, vendorsWith, withVendorOptions } from './vendor-options.ts';

const root = new URL('../', import.meta.url);
const banner = (source: string): string => `// Generated from ${source} by tools/generate.ts. Do not edit.\n`;
const integrations = 'integrations.yaml';
const style = { singleQuote: true, printWidth: 120, trailingComma: 'all' } as const;

/** What each generated file should hold, by its path from the repository's root. */
export async function generate(): Promise<Map<string, string>> {
  const written = new Map<string, string>();
  const enums = new Set<string>();
  const crds = readCrdFiles().map(({ file, text }) => {
    if (file !== integrations) return crdOf(file, text);
    const composed = withVendorOptions(text);
    written.set(`crds/${file}`, composed);
    return crdOf(file, composed);
  });
  for (const crd of crds) {
    written.set(`controller/api/${fileOf(crd)}`, banner(`crds/${crd.file}`) + (await typesOf(crd, enums)));
  }
  written.set('controller/api/enums.gen.ts', banner('crds/') + enumsOf(enums));
  written.set('controller/api/kinds.gen.ts', banner('crds/') + kindsOf(crds));
  const vendors = vendorNames();
  written.set('controller/integrations/registry.gen.ts', banner('controller/integrations/') + registryOf(vendors));
  written.set(
    'controller/integrations/commands.gen.ts',
    banner('controller/integrations/') + commandsOf(vendorsWith('commands.ts')),
  );
  written.set('controller/reasons/vendors.gen.ts', banner('controller/integrations/') + vendorReasons());
  written.set('docs/reasons.md', await reasonsPage());
  written.set('CONTRIBUTING.md', contributingPage());
  return written;
}

async function typesOf(crd: Crd, enums: Set<string>): Promise<string> {
  const { kind, apiVersion } = crd;
  const imports = new Map<string, Set<string>>();
  const use = (from: string, name: string): JSONSchema => {
    imports.set(from, (imports.get(from) ?? new Set()).add(name));
    return { tsType: name };
  };
  const unnamed = new Map(Object.entries(typeNames[kind] ?? {}));

  const convert = (schema: Schema, path: string): JSONSchema => {
    const described = schema.description === undefined ? {} : { description: schema.description };
    if (path === '.apiVersion') return { ...described, tsType: `'${apiVersion}'` };
    if (path === '.kind') return { ...described, tsType: `'${kind}'` };
    if (path === '.metadata') return use('./meta.ts', 'ObjectMeta');
    if (path === '.status.effects[]') return use('../runtime/effect.ts', 'Entry');
    if (path === '.status.conditions[]') return use('./meta.ts', 'Condition');
    const ofVendor = kind === 'Integration' ? /^\.spec\.provider\.(\w)(\w*)(.*)$/.exec(path) : null;
    if (schema.enum !== undefined && ofVendor !== null) {
      return { ...described, tsType: schema.enum.map((value) => `'${value}'`).join(' | ') };
    }
    if (schema.enum !== undefined) {
      const values = schema.enum.join(' ');
      const name = enumNames[values];
      if (name === undefined) throw new Error(`tools/generate-names.ts: no name for the values of ${kind}${path}`);
      enums.add(values);
      return { ...described, ...use('./enums.gen.ts', name.type) };
    }
    if (schema.items !== undefined) {
      return { ...described, type: 'array', items: convert(schema.items, `${path}[]`) };
    }
    if (schema.additionalProperties !== undefined) {
      return { ...described, type: 'object', additionalProperties: convert(schema.additionalProperties, `${path}[]`) };
    }
    if (schema.type !== 'object') return { ...described, type: scalar(schema.type, `${kind}${path}`) };

    const fields = Object.entries(schema.properties ?? {});
    const options = ofVendor?.[3] === '' ? `${ofVendor[1]?.toUpperCase()}${ofVendor[2]}Options` : undefined;
    const name = path === '' ? kind : (unnamed.get(path) ?? options);
    unnamed.delete(path);
    if (name === undefined && fields.length === 1 && fields[0]?.[0] === 'name') {
      return { ...described, ...use('./meta.ts', 'NameRef') };
    }
    // The API server fills in what has a default, so readers find it there.
    const present = fields.filter(([key, field]) => schema.required?.includes(key) || field.hasDefault);
    return {
      ...described,
      ...(name === undefined ? {} : { title: name }),
      type: 'object',
      properties: Object.fromEntries(fields.map(([key, field]) => [key, convert(field, `${path}.${key}`)])),
      required: present.map(([key]) => key).concat(path === '' ? ['apiVersion', 'kind', 'metadata'] : []),
      additionalProperties: false,
    };
  };

  const body = await compile(convert(crd.schema, ''), kind, {
    bannerComment: '',
    strictIndexSignatures: false,
    style,
  });
  if (unnamed.size > 0) throw new Error(`tools/generate-names.ts: ${kind} has no ${[...unnamed.keys()].join(', ')}`);
  const lines = [...imports].map(
    ([from, names]) => `import type { ${[...names].toSorted().join(', ')} } from '${from}';`,
  );
  return `${lines.toSorted().join('\n')}\n\n${body}`;
}

function scalar(type: string | undefined, path: string): 'string' | 'integer' | 'boolean' | 'number' {
  if (type === 'string' || type === 'integer' || type === 'boolean' || type === 'number') return type;
  throw new Error(`${path}: no type`);
}

/** `response-policy.gen.ts`. */
const fileOf = ({ kind }: Crd): string => `${kind.replaceAll(/\B[A-Z]/g, '-$&').toLowerCase()}.gen.ts`;

/** Every kind with its type and its name in paths. */
function kindsOf(crds: readonly Crd[]): string {
  const lines = (line: (crd: Crd) => string): string => crds.map(line).join('\n');
  return `${lines((crd) => `import type { ${crd.kind} } from './${fileOf(crd)}';`)}

/** Our kinds and the types of their objects. */
export interface Kinds {
${lines(({ kind }) => `  ${kind}: ${kind};`)}
}
export type KindName = keyof Kinds;

/** Each kind's name in paths of the API server. */
export const plurals = {
${lines(({ kind, plural }) => `  ${kind}: '${plural}',`)}
} as const satisfies Record<KindName, string>;
`;
}

/** Every vendor by its name: a folder `jira` holds jira.ts, which exports `jira`. */
function registryOf(names: readonly string[]): string {
  const lines = (line: (name: string) => string): string => names.map(line).join('\n');
  return `import type { Provider } from '../api/integration.gen.ts';
import { bound, type Bound } from './bound.ts';
${lines((name) => `import { ${name} } from './${name}/${name}.ts';`)}
import type { VendorFacts } from './kit/vendor.ts';

export const registry: readonly {
  readonly vendor: VendorFacts;
  readonly bind: (provider: Provider) => Bound | undefined;
}[] = [
${lines((name) => `  { vendor: ${name}, bind: (provider) => bound(${name}, provider.${name}) },`)}
];
`;
}

/** The commands of each vendor that has some: commands.ts exports them as `jiraCommands`. They load no vendor. */
function commandsOf(names: readonly string[]): string {
  const lines = (line: (name: string) => string): string => names.map(line).join('\n');
  return `import type { VendorCommands } from './kit/commands.ts';
${lines((name) => `import { ${name}Commands } from './${name}/commands.ts';`)}

export const vendorCommands: Readonly<Record<string, VendorCommands>> = {
${lines((name) => `  ${name}: ${name}Commands,`)}
};
`;
}

/** The enums that were met, as a list of values and a union type each. */
function enumsOf(met: ReadonlySet<string>): string {
  return Object.entries(enumNames)
    .filter(([values]) => met.has(values))
    .map(([values, { type, list }]) => {
      const items = values.split(' ').map((value) => `\n  '${value}',`);
      return `\nexport const ${list} = [${items.join('')}\n] as const;\nexport type ${type} = (typeof ${list})[number];\n`;
    })
    .join('');
}

if (import.meta.main) {
  const stale: string[] = [];
  for (const [path, text] of await generate()) {
    const url = new URL(path, root);
    if (argv.includes('--check')) {
      if (readFileSync(url, 'utf8') !== text) stale.push(path);
    } else {
      writeFileSync(url, text);
    }
  }
  if (stale.length > 0) {
    console.error(`stale: ${stale.join(', ')}. Run: node tools/generate.ts`);
    exit(1);
  }
}
