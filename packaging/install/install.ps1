# Installs pingmark from a release on Windows, without administrator rights.
#
#   powershell -ExecutionPolicy Bypass -File install.ps1 [-Version 0.1.0]
#
# Downloads the archive for this processor, compares its SHA-256 with the release's list, puts the program into
# %LOCALAPPDATA%\Programs\pingmark and adds that folder to the user's PATH. Needs PowerShell 5.1 or later.
#
# Its syntax is checked with the project's tests. It has not been run: the tests have no Windows.
param(
    [string]$Version = 'latest',
    [string]$Releases = $(if ($env:PINGMARK_RELEASES) { $env:PINGMARK_RELEASES } else { 'https://github.com/@REPOSITORY@/releases' }),
    [string]$Bin = $(if ($env:PINGMARK_BIN) { $env:PINGMARK_BIN } else { Join-Path $env:LOCALAPPDATA 'Programs\pingmark' })
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# The progress bar slows a download in PowerShell 5.1 to a tenth.
$ProgressPreference = 'SilentlyContinue'
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

$French = (Get-UICulture).TwoLetterISOLanguageName -eq 'fr'
function Say([string]$English, [string]$InFrench) {
    if ($French) { Write-Host $InFrench } else { Write-Host $English }
}
function Stop-With([string]$English, [string]$InFrench) {
    if ($French) { throw $InFrench } else { throw $English }
}

# A 32-bit PowerShell names the system's processor in the second variable.
$Processor = $env:PROCESSOR_ARCHITECTURE
if ($env:PROCESSOR_ARCHITEW6432) { $Processor = $env:PROCESSOR_ARCHITEW6432 }
$Machine = switch ($Processor) {
    'AMD64' { 'x86_64' }
    'ARM64' { 'aarch64' }
    default { Stop-With "There is no program for $Processor processors." "Il n'y a pas de programme pour les processeurs $Processor." }
}
$Target = "$Machine-pc-windows-msvc"

if ($Version -eq 'latest') {
    $From = "$Releases/latest/download"
} else {
    $From = "$Releases/download/v$($Version.TrimStart('v'))"
}

$Scratch = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
New-Item -ItemType Directory -Path $Scratch | Out-Null
try {
    $Sums = Join-Path $Scratch 'SHA256SUMS'
    Invoke-WebRequest -UseBasicParsing -Uri "$From/SHA256SUMS" -OutFile $Sums
    $Line = Get-Content $Sums | Where-Object { $_ -match "^[0-9a-f]{64}  pingmark-[0-9]\S*-$Target\.zip$" } | Select-Object -First 1
    if (-not $Line) {
        Stop-With "The release has no program for $Target." "Cette version n'a pas de programme pour $Target."
    }
    $Wanted, $Name = $Line -split '  ', 2
    $Archive = Join-Path $Scratch $Name
    Invoke-WebRequest -UseBasicParsing -Uri "$From/$Name" -OutFile $Archive
    $Found = (Get-FileHash -Algorithm SHA256 -Path $Archive).Hash.ToLowerInvariant()
    if ($Found -ne $Wanted) {
        Stop-With "$Name is damaged: its SHA-256 is $Found, not $Wanted. Nothing was installed." "$Name est abîmé : son SHA-256 est $Found au lieu de $Wanted. Rien n'a été installé."
    }
    Expand-Archive -Path $Archive -DestinationPath $Scratch
    $Program = Join-Path (Join-Path $Scratch ([IO.Path]::GetFileNameWithoutExtension($Name))) 'pingmark.exe'
    New-Item -ItemType Directory -Force -Path $Bin | Out-Null
    $Installed = Join-Path $Bin 'pingmark.exe'
    # Windows does not replace a program that is running, but renames it.
    if (Test-Path $Installed) { Move-Item -Force $Installed "$Installed.old" }
    Copy-Item $Program $Installed
    Remove-Item -ErrorAction SilentlyContinue "$Installed.old"
} finally {
    Remove-Item -Recurse -Force -ErrorAction SilentlyContinue $Scratch
}

$Said = & $Installed --version
Say "$Said is installed in $Bin" "$Said est installé dans $Bin"
$UserPath = [Environment]::GetEnvironmentVariable('Path', 'User')
if (($UserPath -split ';') -notcontains $Bin) {
    $Joined = @(@($UserPath -split ';') + $Bin | Where-Object { $_ }) -join ';'
    [Environment]::SetEnvironmentVariable('Path', $Joined, 'User')
    Say 'Open a new terminal, then: pingmark init my-blog --lang en' 'Ouvrez un autre terminal, puis : pingmark init mon-blog'
} else {
    Say 'Next: pingmark init my-blog --lang en' 'Pour commencer : pingmark init mon-blog'
}
