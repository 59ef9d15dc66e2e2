import {
  TranslationFunction,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { deploymentsTranslationRef } from '../translations';

/** The plugin's words, by key. */
export type Translate = TranslationFunction<
  (typeof deploymentsTranslationRef)['T']
>;

/** The plugin's words in the language of the person. */
export function useTranslation(): { t: Translate } {
  return useTranslationRef(deploymentsTranslationRef);
}
