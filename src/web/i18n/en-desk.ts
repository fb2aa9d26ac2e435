/** The console's words in English for what stands beside the work: what is open before a load, what is not shown. */
export const enDesk = {
  desk: {
    crsFirst: 'Choose the CRS, then start loading',
    layerUncounted: '{name}: rows not counted, {kind}',
    unused: 'Columns that become no field ({n}): {names}',
    searchMore: 'The first {n} are listed and there are more; type a little more to narrow it down',
    noDelivery: 'There is no delivery #{n}',
    noDeliveryText: 'It may belong to another district, or the address is wrong.',
    emptyDistrict: '{name} has no data yet',
    needDistrictName: 'Give the name of the district',
    needDistrictCode: 'Give the six-digit district code',
    dropGdal:
      'Also MapInfo (.tab .dat .map .id or .mif .mid together), DXF, KML, KMZ, File Geodatabase (the .gdb folder as .zip).',
  },
}
