/** Starts the console: settings, language, the listeners between server and stores, the first screen. */
import './tokens.css'
import './element.ts'
import './base.css'
import { createApp } from 'vue'
import App from './App.vue'
import { listenToApi } from './api/client.ts'
import { i18n } from './i18n/i18n.ts'
import { router } from './router.ts'
import { connectionBack, connectionLost } from './stores/connection.ts'
import { forgetSession, onSessionEnd, session } from './stores/session.ts'
import { startSettings } from './stores/settings.ts'

function toTheDoor(): void {
  if (session.state !== 'open') return
  forgetSession()
  const to = router.currentRoute.value
  if (to.name !== 'sign-in') void router.push({ name: 'sign-in', query: { to: to.fullPath, ended: '1' } })
}

startSettings()
listenToApi({
  answered: connectionBack,
  unreachable: connectionLost,
  signedOut: toTheDoor,
})
onSessionEnd(toTheDoor)
createApp(App).use(i18n).use(router).mount('#app')
