import { z } from 'zod';
import { findMethod } from '../../../suites/find-method.ts';
import { methods } from '../../../methods/index.ts';

/** A departure whose other form is an option: what `--set` takes, and the budgets at which both forms are compared. */
export interface MeasuredForm {
  readonly method: string;
  readonly what: string;
  /** Options of the other form, as in `hot=0.1`. */
  readonly options: readonly string[];
  readonly compression: readonly number[];
}

/** The forms that the reasons of departures name as `option=value`, of methods whose default is the other form. */
export function measuredForms(): MeasuredForm[] {
  return methods.flatMap((method) =>
    findMethod(method.name).departures.flatMap(({ what, why }) => {
      const options = why.match(/\b[a-z][A-Za-z]*=[a-z0-9.-]*[a-z0-9]/g) ?? [];
      const names = method.options instanceof z.ZodObject ? Object.keys(method.options.shape) : [];
      const own = options.filter((option) => names.includes(option.split('=')[0]));
      const isOfAnotherForm = /^(with )?[a-z]+=[a-z]+\b|with (scale|weights)/.test(what);
      if (own.length === 0 || isOfAnotherForm) return [];
      const budgets = [...new Set(why.match(/\b\d+(?=x( on|,))/g) ?? [])].map(Number);
      return [
        { method: method.name, what, options: own, compression: budgets.length > 0 ? budgets : [16, 64] },
      ];
    }),
  );
}
