import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      '.cache/',
      'data/',
      'site/',
      'results/*/',
      'recordings/*/',
      'backends/*/build/',
      'start/build/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    // The launcher is JavaScript, because nothing can translate it; its names are checked with the types.
    files: ['start/*.js', 'start/*.cjs', 'examples/**/*.js'],
    rules: { 'no-undef': 'off' },
  },
  {
    // Verbs print through scripts/terminal/printed.ts, which escapes control characters.
    files: ['scripts/**/*.ts'],
    ignores: ['scripts/terminal/printed.ts'],
    rules: { 'no-console': 'error' },
  },
);
