/** Types for what Element Plus ships without: its style entries and its Chinese words. */
declare module 'element-plus/es/components/*/style/css'
declare module 'element-plus/es/locale/lang/zh-cn' {
  import type { Language } from 'element-plus/es/locale/index'

  const zh: Language
  export default zh
}
