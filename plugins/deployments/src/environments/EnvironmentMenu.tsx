import { ButtonIcon, Menu, MenuItem, MenuTrigger } from '@backstage/ui';
import {
  RiMore2Line,
  RiPauseCircleLine,
  RiPlayCircleLine,
} from '@remixicon/react';
import { useTranslation } from '../hooks/useTranslation';
import { Question } from './EnvironmentQuestion';
import { OpenEnvironment } from './types';

/** What else can be done to an environment: hold it, or release its hold. */
export function EnvironmentMenu(props: {
  environment: OpenEnvironment;
  onAsk: (question: Question) => void;
}) {
  const { environment, onAsk } = props;
  const { name, hold } = environment;
  const { t } = useTranslation();
  return (
    <MenuTrigger>
      <ButtonIcon
        variant="tertiary"
        size="small"
        icon={<RiMore2Line aria-hidden />}
        aria-label={t('hold.menu', { environment: name })}
      />
      <Menu>
        {hold ? (
          <MenuItem
            iconStart={<RiPlayCircleLine aria-hidden />}
            onAction={() => onAsk({ about: 'release-hold', hold })}
          >
            {t('hold.release.menu')}
          </MenuItem>
        ) : (
          <MenuItem
            iconStart={<RiPauseCircleLine aria-hidden />}
            onAction={() => onAsk({ about: 'hold' })}
          >
            {t('hold.action')}
          </MenuItem>
        )}
      </Menu>
    </MenuTrigger>
  );
}
