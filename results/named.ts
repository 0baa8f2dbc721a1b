import { z } from 'zod';

/**
 * An object whose members are named by a recording: methods, options, fields. It has no prototype, so that `constructor` or
 * `toString` is there only if the recording has it, and `__proto__` is a name like any other, which z.record leaves out.
 */
export function named<T extends z.ZodType>(value: T) {
  return z
    .custom<Record<string, unknown>>(
      (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
      'expected an object',
    )
    .transform((input, context) => {
      const members = Object.create(null) as Record<string, z.output<T>>;
      for (const [name, member] of Object.entries(input)) {
        const parsed = value.safeParse(member);
        if (parsed.success) members[name] = parsed.data;
        else
          for (const { path, message } of parsed.error.issues)
            context.addIssue({ code: 'custom', path: [name, ...path], message });
      }
      return members;
    });
}
