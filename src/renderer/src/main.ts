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
app.mount('#app')
