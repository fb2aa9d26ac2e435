/**
 * Security headers by helmet: a content policy that lets the console run only its own scripts and speak
 * only to its own server, and HSTS where the site is on TLS. Nothing the console needs comes from elsewhere.
 */

import type { Middleware } from 'koa'
import helmet from 'koa-helmet'

const self = "'self'"

export function securityHeaders(secure: boolean): Middleware {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: [self],
        scriptSrc: [self],
        scriptSrcAttr: ["'none'"],
        // component libraries set style attributes while they measure
        styleSrc: [self, "'unsafe-inline'"],
        imgSrc: [self, 'data:', 'blob:'],
        fontSrc: [self, 'data:'],
        connectSrc: [self],
        workerSrc: [self, 'blob:'],
        objectSrc: ["'none'"],
        baseUri: [self],
        formAction: [self],
        frameAncestors: ["'none'"],
        ...(secure ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    // on plain HTTP browsers ignore these two and complain
    crossOriginOpenerPolicy: secure,
    originAgentCluster: secure,
  })
}
