// Element Plus ships these style entries without types.
declare module 'element-plus/es/components/*/style/css'
declare module 'element-plus/es/locale/lang/zh-cn' {
  import type { Language } from 'element-plus/es/locale/index'

  const zh: Language
  export default zh
}
