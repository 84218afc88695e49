import { fine } from '../../controller/integrations/kit/finding.ts';
import { http } from '../../controller/integrations/kit/http.ts';
import type { DoctorVisit } from '../../controller/integrations/kit/vendor.ts';
import { systemClock } from '../../controller/runtime/clock.ts';

/** A visit to an Integration that checks out, which calls `I`. */
export function aDoctorVisit<Options>(
  options: Options,
  parts: Partial<Omit<DoctorVisit<Options>, 'options'>> = {},
): DoctorVisit<Options> {
  return {
    about: 'I',
    name: 'integration',
    options,
    secrets: {},
    policies: [],
    http: http(systemClock),
    timeout: 10_000,
    now: () => Date.now(),
    advice: (reason) => `Mend ${reason}.`,
    check: () => Promise.resolve(fine('I', 'checked')),
    ...parts,
  };
}
