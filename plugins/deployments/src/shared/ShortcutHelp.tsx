import { useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import {
  ButtonIcon,
  Dialog,
  DialogBody,
  DialogHeader,
  Switch,
} from '@backstage/ui';
import { RiKeyboardLine } from '@remixicon/react';
import { useShortcuts, useShortcutSettings } from '../hooks/useShortcuts';
import { useTranslation } from '../hooks/useTranslation';
import { FocusedTitle } from './FocusedTitle';

const useStyles = makeStyles(
  {
    list: {
      display: 'grid',
      gridTemplateColumns: 'auto 1fr',
      gap: '8px 16px',
      margin: '0 0 24px',
      alignItems: 'center',
      '& dt, & dd': { margin: 0 },
    },
    key: {
      display: 'inline-block',
      minWidth: 24,
      padding: '2px 6px',
      boxSizing: 'border-box',
      textAlign: 'center',
      border: '1px solid var(--bui-border-2)',
      borderRadius: 'var(--bui-radius-2)',
      fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
      fontSize: 'var(--bui-font-size-2)',
    },
  },
  { name: 'SlipwayShortcutHelp' },
);

/** A button, and the key `?`, that show which keys this screen knows. */
export function ShortcutHelp() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  useShortcuts([{ key: '?', label: t('keys.help'), run: () => setOpen(true) }]);
  return (
    <>
      <ButtonIcon
        variant="tertiary"
        icon={<RiKeyboardLine aria-hidden />}
        aria-label={t('keys.open')}
        onPress={() => setOpen(true)}
      />
      {isOpen && <HelpDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function HelpDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const classes = useStyles();
  const { shown, areLetterKeysOn, setLetterKeysOn } = useShortcutSettings();
  return (
    <Dialog isOpen onOpenChange={open => !open && onClose()}>
      <DialogHeader>
        <FocusedTitle>{t('keys.title')}</FocusedTitle>
      </DialogHeader>
      <DialogBody>
        <dl className={classes.list}>
          {shown.map(shortcut => (
            <div key={shortcut.key} style={{ display: 'contents' }}>
              <dt>
                <kbd className={classes.key}>{shortcut.key}</kbd>
              </dt>
              <dd>{shortcut.label}</dd>
            </div>
          ))}
        </dl>
        <Switch
          label={t('keys.switch')}
          isSelected={areLetterKeysOn}
          onChange={setLetterKeysOn}
        />
      </DialogBody>
    </Dialog>
  );
}
