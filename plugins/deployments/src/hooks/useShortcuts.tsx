import {
  createContext,
  PropsWithChildren,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { storageApiRef, useApi } from '@backstage/frontend-plugin-api';

/** A key and what it does, for the help dialog. */
export type ShownKey = { key: string; label: string };

export type Shortcut = ShownKey & { run: () => void };

type ShortcutsContextValue = {
  areLetterKeysOn: boolean;
  setLetterKeysOn: (on: boolean) => void;
  shown: readonly ShownKey[];
  register: (shortcuts: readonly ShownKey[]) => () => void;
};

const ShortcutsContext = createContext<ShortcutsContextValue | undefined>(
  undefined,
);

const BUCKET = 'deployments';
const SETTING = 'letterKeys';

/** Keeps the shortcuts of the screens below it, and whether the person wants letter keys at all. */
export function ShortcutsProvider({ children }: PropsWithChildren<{}>) {
  const storage = useApi(storageApiRef);
  const bucket = useMemo(() => storage.forBucket(BUCKET), [storage]);
  const [areLetterKeysOn, setLetterKeysOn] = useState(
    () => bucket.snapshot<boolean>(SETTING).value ?? true,
  );
  const [groups, setGroups] = useState<ReadonlyArray<readonly ShownKey[]>>([]);

  const value = useMemo<ShortcutsContextValue>(
    () => ({
      areLetterKeysOn,
      setLetterKeysOn: on => {
        setLetterKeysOn(on);
        bucket.set(SETTING, on);
      },
      shown: groups.flat(),
      register: shortcuts => {
        setGroups(known => [...known, shortcuts]);
        return () => setGroups(known => known.filter(g => g !== shortcuts));
      },
    }),
    [areLetterKeysOn, bucket, groups],
  );
  return (
    <ShortcutsContext.Provider value={value}>
      {children}
    </ShortcutsContext.Provider>
  );
}

/** The shortcuts on this screen and the setting that switches letter keys off. */
export function useShortcutSettings(): ShortcutsContextValue {
  const value = useContext(ShortcutsContext);
  if (!value) {
    throw new Error('useShortcutSettings needs a ShortcutsProvider around it');
  }
  return value;
}

/** Keeps keys in the help dialog that something on the screen listens to itself, such as a focused card. */
export function useShownKeys(keys: readonly ShownKey[]): void {
  const { register } = useShortcutSettings();
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  const names = keys.map(s => `${s.key} ${s.label}`).join('\n');
  const registerShown = useRef(register);
  useEffect(
    () => (names ? registerShown.current(latest.current) : undefined),
    [names],
  );
}

/** Listens to single keys while the screen is shown, except in fields and dialogs. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const { areLetterKeysOn } = useShortcutSettings();
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });

  useShownKeys(shortcuts);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!areLetterKeysOn || !isPlainKey(event)) {
        return;
      }
      const shortcut = latest.current.find(s => s.key === event.key);
      if (shortcut) {
        event.preventDefault();
        shortcut.run();
      }
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [areLetterKeysOn]);
}

/** Whether a key was meant as a command: no modifier, not typed into a field, not inside a dialog or menu. */
export function isPlainKey(event: {
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  defaultPrevented: boolean;
  target: EventTarget | null;
}): boolean {
  if (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.defaultPrevented
  ) {
    return false;
  }
  return !(
    event.target instanceof Element &&
    event.target.closest(
      'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"], [role="listbox"]',
    )
  );
}
