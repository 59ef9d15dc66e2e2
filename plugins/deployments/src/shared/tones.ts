/** How a status bears on the person who reads it. */
export type Tone = 'success' | 'danger' | 'warning' | 'info' | 'neutral';

const NAMES = {
  success: 'positive',
  danger: 'negative',
  warning: 'warning',
  info: 'announcement',
} as const;

/** Colours of a tone, from the theme: text, ground and edge, which go together at over 6:1 in light and dark. */
export type ToneColors = {
  color: string;
  background: string;
  borderColor: string;
};

/** The colours of each tone. */
export const TONES: Record<Tone, ToneColors> = {
  success: colorsOf('success'),
  danger: colorsOf('danger'),
  warning: colorsOf('warning'),
  info: colorsOf('info'),
  neutral: {
    color: 'var(--bui-fg-primary)',
    background: 'var(--bui-bg-neutral-1)',
    borderColor: mix('var(--bui-fg-secondary)', 40, 'transparent'),
  },
};

/** Text of the second rank. The theme's own is under 4.5:1 on a card in the dark. */
export const QUIET = mix(
  'var(--bui-fg-secondary)',
  55,
  'var(--bui-fg-primary)',
);

/** The ground of what lies under the pointer. */
export const HOVER = mix('var(--bui-fg-primary)', 7, 'transparent');

function colorsOf(tone: keyof typeof NAMES): ToneColors {
  const name = NAMES[tone];
  return {
    color: `var(--bui-${name}-fg-subdued)`,
    background: mix(
      `var(--bui-${name}-bg-subdued)`,
      50,
      'var(--bui-bg-neutral-1)',
    ),
    borderColor: mix(`var(--bui-${name}-border)`, 55, 'transparent'),
  };
}

function mix(color: string, percent: number, other: string): string {
  return `color-mix(in srgb, ${color} ${percent}%, ${other})`;
}
