import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { createClient } from './client/client.ts'
import { provideClient } from './client/index.ts'
import { connectHost } from './client/wires.ts'
import { toastError } from './composables/use-errors.ts'
import { i18n } from './locales/index.ts'
import { router } from './router.ts'
import './styles/main.css'

provideClient(createClient(connectHost))

const app = createApp(App).use(createPinia()).use(i18n).use(router)
app.config.errorHandler = (error) => {
  console.error(error)
  toastError(error)
}
window.addEventListener('unhandledrejection', (event) => toastError(event.reason))
// A file that is dropped where nothing takes it would be opened in place of the program. Who takes files listens later, and says so.
for (const name of ['dragover', 'drop'] as const) {
  window.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'none'
  })
}
app.mount('#app')
