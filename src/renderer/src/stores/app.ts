import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { RequestOutput } from '../../../contract/requests/index.ts'
import { useClient, type ConnectionState } from '../client/index.ts'
import type { ChangedShortcuts } from '../commands/shortcuts.ts'
import { i18n, systemLocale, type Locale } from '../locales/index.ts'

type Theme = RequestOutput<'app.settings'>['theme']

const themeKey = 'thaw.theme'
const themes = ['light', 'dark', 'system'] as const

/** The host, the connection, and what the person set for the whole app. */
export const useAppStore = defineStore('app', () => {
  const client = useClient()
  const connection = ref<ConnectionState>(client.state)
  const info = ref<RequestOutput<'app.info'> | null>(null)
  const theme = ref<Theme>(storedTheme())
  const locale = ref<Locale>(systemLocale(navigator.languages))
  const systemIsDark = ref(false)
  const shortcutsOpen = ref(false)
  const paletteOpen = ref(false)
  /** Keys of commands that the person changed. */
  const shortcuts = shallowRef<ChangedShortcuts>({})

  const isElectron = computed(() => info.value?.host === 'electron')
  const shownTheme = computed(() =>
    theme.value === 'system' ? (systemIsDark.value ? 'dark' : 'light') : theme.value,
  )

  const nextTheme = computed(() => themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system')
  const nextLocale = computed<Locale>(() => (locale.value === 'en' ? 'zh-CN' : 'en'))

  const media = window.matchMedia('(prefers-color-scheme: dark)')
  systemIsDark.value = media.matches
  media.addEventListener('change', (event) => (systemIsDark.value = event.matches))

  watch(shownTheme, (shown) => (document.documentElement.dataset.theme = shown), { immediate: true })
  watch(
    locale,
    (shown) => {
      i18n.global.locale.value = shown
      document.documentElement.lang = shown
    },
    { immediate: true },
  )

  function apply(settings: RequestOutput<'app.settings'>): void {
    theme.value = settings.theme
    localStorage.setItem(themeKey, settings.theme)
    if (settings.locale) locale.value = settings.locale
    shortcuts.value = settings.shortcuts ?? {}
  }

  async function load(): Promise<void> {
    const [nextInfo, settings] = await Promise.all([
      client.request('app.info', {}),
      client.request('app.settings', {}),
    ])
    info.value = nextInfo
    apply(settings)
  }

  async function setTheme(next: Theme): Promise<void> {
    theme.value = next
    apply(await client.request('app.updateSettings', { theme: next }))
  }

  async function setLocale(next: Locale): Promise<void> {
    locale.value = next
    apply(await client.request('app.updateSettings', { locale: next }))
  }

  async function setShortcuts(next: ChangedShortcuts): Promise<void> {
    shortcuts.value = next
    const settled = Object.fromEntries(Object.entries(next).map(([id, keys]) => [id, [...keys]]))
    apply(await client.request('app.updateSettings', { shortcuts: settled }))
  }

  client.onStateChanged((state) => (connection.value = state))
  client.onReconnected(() => void load())
  client.on('settings.changed', () => void client.request('app.settings', {}).then(apply))

  return {
    connection,
    info,
    isElectron,
    theme,
    nextTheme,
    shownTheme,
    locale,
    nextLocale,
    shortcutsOpen,
    paletteOpen,
    shortcuts,
    load,
    setTheme,
    setLocale,
    setShortcuts,
  }
})

/** The last choice, so that the first frame has it already. */
function storedTheme(): Theme {
  const stored = localStorage.getItem(themeKey)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}
