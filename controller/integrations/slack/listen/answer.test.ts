import { describe, expect, test } from 'vitest';
import { anIncident, anUpdate } from '../../../../test/builders/incident.ts';
import { standing } from '../../../act/verbs/status.ts';
import { answerText } from './answer.ts';

const statusText = (...of: Parameters<typeof standing>): string => answerText(standing(...of));

describe('how it stands, after a command', () => {
  test('what waits in Triage was raised; an incident was declared when it left Triage', () => {
    const timestamps = { declaredAt: '2026-02-03T11:05:00Z' };
    expect(statusText(anIncident({ spec: { state: 'Triage' } }), { spec: {} }, [])).toContain(
      'raised 2026-02-03 10:55',
    );
    expect(statusText(anIncident({ status: { timestamps } }), { spec: {} }, [])).toContain('declared 2026-02-03 11:05');
  });

  test('a long update keeps its lines and says where the whole is', () => {
    const update = anUpdate({ spec: { type: 'Status', text: `Two paths:\n- web\n- app\n${'x'.repeat(1_000)}` } });
    const shown = statusText(anIncident(), { spec: {} }, [update]);
    expect(shown).toContain('Two paths:\n- web\n- app\n');
    expect(shown).toContain(`… (the whole is in the IncidentUpdate default/${update.metadata.name})`);
  });
});
